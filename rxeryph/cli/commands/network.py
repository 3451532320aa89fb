"""``rxeryph network``: virtual networks, and the configuration of those of a project."""

from __future__ import annotations

from typing import Annotated

import typer

from ..completing import network_names
from ..options import AllowUnknown, File, Identity, OfProject, Once, Project, ProjectArgument, allowing
from ..output.nouns import NETWORK
from ..reading import Reading
from ..submitting import Changing
from ..tree import Verbs

verbs = Verbs()

Networks = Annotated[
    list[str],
    typer.Argument(metavar="NETWORK", autocompletion=network_names, help="Names or ids of networks; - for stdin."),
]


@verbs
def list_(server: Reading, project: OfProject = None) -> int:
    """List networks."""
    return server.list(NETWORK, lambda api: api.virtual_networks.list(project))


@verbs
def show(server: Reading, networks: Networks, project: Project = None) -> int:
    """Show networks."""
    return server.show(NETWORK, networks, lambda api, each: api.virtual_networks.get(each, project=project))


@verbs
def config(server: Reading, project: ProjectArgument) -> int:
    """Print the configuration of all networks of a project, as YAML (or JSON with -o json)."""
    return server.document(
        lambda api: api.virtual_networks.get_config(project), lambda api: api.projects.get(project).id
    )


@verbs
def update(
    server: Changing,
    project: ProjectArgument,
    file: File,
    allow_unknown: AllowUnknown = False,
    once: Once = None,
) -> int:
    """Replace the configuration of all networks of a project, and watch the operation to its end.

    Examples:
      rxeryph network config default > networks.yaml
      rxeryph network update default networks.yaml
    """
    from ..configurations import source

    given, identity = source(file), Identity.of(once)
    return server.submit(
        [project],
        lambda api, each: api.virtual_networks.update_config(
            each, given, **identity.arguments, **allowing(allow_unknown)
        ),
        identity,
    )
