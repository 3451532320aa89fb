"""``rxeryph disk``: virtual disks."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import exit_codes
from ..completing import disk_names, project_names
from ..confirming import confirmed
from ..options import Identity, OfProject, Once, Project, Yes
from ..output.nouns import DISK
from ..reading import Reading
from ..submitting import Changing
from ..targets import disk_in, names
from ..tree import Verbs

verbs = Verbs()

Disks = Annotated[
    list[str],
    typer.Argument(metavar="DISK", autocompletion=disk_names, help="Names or ids of disks; - for stdin."),
]


@verbs
def list_(server: Reading, project: OfProject = None) -> int:
    """List disks."""
    return server.list(DISK, lambda api: api.virtual_disks.list(project))


@verbs
def show(server: Reading, disks: Disks, project: Project = None) -> int:
    """Show disks: size, place, and the catlets that use them."""
    return server.show(DISK, disks, lambda api, each: api.virtual_disks.get(each, project=project))


@verbs
def create(
    server: Changing,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new disk.")],
    size: Annotated[int, typer.Option("--size", metavar="GIB", help="Size in GiB, 1 to 65536.")],
    location: Annotated[str, typer.Option("--location", metavar="ID", help="Storage identifier where it is kept.")],
    project: Annotated[
        str,
        typer.Option(
            "-p",
            "--project",
            metavar="PROJECT",
            autocompletion=project_names,
            help="Name or id of the project it belongs to.",
        ),
    ] = "default",
    environment: Annotated[
        str | None,
        typer.Option("--environment", metavar="NAME", show_default=False, help="Environment to store it in."),
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="NAME", show_default=False, help="Data store to store it in.")
    ] = None,
    once: Once = None,
) -> int:
    """Create an empty disk, and watch the operation to its end.

    Examples:
      rxeryph disk create data --size 20 --location web
    """
    identity = Identity.of(once)
    return server.submit(
        [name],
        lambda api, each: api.virtual_disks.create(
            project, each, location, size, environment=environment, store=store, **identity.arguments
        ),
        identity,
    )


@verbs
def delete(server: Changing, disks: Disks, project: Project = None, yes: Yes = False) -> int:
    """Delete disks that no catlet uses."""
    found = names(disks)
    if not confirmed(f"Delete {', '.join(found)}", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(
        found, lambda api, each: api.virtual_disks.delete(each, project=project), find=disk_in(project)
    )
