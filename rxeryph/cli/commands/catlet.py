"""``rxeryph catlet``: everything about catlets and their configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import AccessDeniedError, ConfigurationError
from ...model.text import one_line
from .. import exit_codes
from ..confirming import confirmed
from ..options import (
    AllowUnknown,
    CatletArgument,
    CatletArguments,
    File,
    Format,
    Identity,
    OfProject,
    Once,
    Project,
    Yes,
    allowing,
)
from ..output.nouns import CATLET
from ..output.printing import print_document
from ..reading import Reading
from ..submitting import Changing
from ..targets import catlet_in, names
from ..tree import Verbs
from . import catlet_configuration
from .catlet_configuration import Secrets, Variable, VariableFile, print_expanded

if TYPE_CHECKING:
    pass

verbs = Verbs()

Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", show_default=False, help="Name, instead of that in the file.")
]
InProject = Annotated[
    str | None,
    typer.Option(
        "-p",
        "--project",
        metavar="PROJECT",
        show_default=False,
        help="Name of the project, instead of that in the file.",
    ),
]
Validate = Annotated[bool, typer.Option("--validate", help="Let the server check the configuration first.")]
Mode = Annotated[
    str,
    typer.Option("--mode", metavar="MODE", help="Shutdown asks the guest, Hard turns it off, Kill ends its process."),
]


@verbs
def list_(server: Reading, project: OfProject = None) -> int:
    """List catlets."""
    return server.list(CATLET, lambda api: api.catlets.list(project))


@verbs
def show(server: Reading, catlets: CatletArguments, project: Project = None) -> int:
    """Show catlets: status, addresses, drives, processors and memory."""
    return server.show(
        CATLET, catlets, lambda api, each: api.catlets.get(each, project=project, with_configuration=True)
    )


@verbs
def create(
    server: Changing,
    file: File,
    name: Name = None,
    project: InProject = None,
    var: Variable = None,
    var_file: VariableFile = None,
    validate: Validate = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the configuration with that of its parent; create nothing.")
    ] = False,
    show_secrets: Secrets = False,
    allow_unknown: AllowUnknown = False,
    once: Once = None,
) -> int:
    """Create a catlet, and watch the operation to its end.

    A configuration, such as web.yaml:
      name: web
      parent: dbosoft/ubuntu-22.04/starter
      memory: 2048

    Examples:
      rxeryph create web.yaml
      rxeryph create web.yaml --name web-2 --var password=secret --no-wait
      rxeryph create web.yaml --dry-run
    """
    from ..configurations import configuration, variables

    allowed = allowing(allow_unknown)
    given = configuration(file, name=name, project=project, **allowed)
    filled = variables(given, var, var_file, server.format)
    if dry_run:
        return print_expanded(server.asking, given, filled, show_secrets, allowed)
    identity = Identity.of(once)

    def submit(api: Any, _: str) -> Any:
        try:
            return api.catlets.create(given, variables=filled, validate=validate, **identity.arguments, **allowed)
        except AccessDeniedError:
            if project is not None:
                api.projects.get(project)  # raises NotFoundError for a misspelt name
            raise

    return server.submit([str(given.get("name") or "catlet")], submit, identity)


@verbs
def update(
    server: Changing,
    catlet: CatletArgument,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="The parts to change, in YAML or JSON; - for stdin.", show_default=False),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            show_default=False,
            help="Part to change, such as memory.startup=4096, drives.data.size=20 or"
            " drives.data.mutation=remove; may be repeated.",
        ),
    ] = None,
    project: Project = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="FILE is the whole new configuration, not a part of it.")
    ] = False,
    var: Variable = None,
    var_file: VariableFile = None,
    validate: Validate = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")] = False,
    allow_unknown: AllowUnknown = False,
    once: Once = None,
) -> int:
    """Change parts of a catlet's configuration, and watch the operation to its end.

    Examples:
      rxeryph catlet update web --set memory.startup=4096 --dry-run
      rxeryph catlet update web more-memory.yaml
      rxeryph catlet update web web.yaml --replace

    Long because it declares all of its options.
    """
    from ..changes import EXAMPLES, assign
    from ..configurations import configuration, variables

    allowed = allowing(allow_unknown)
    given = assign({} if file is None else configuration(file, **allowed), assignments or ())
    if not given:
        raise ConfigurationError(f"Nothing to change. Give a file, or --set with a part such as {EXAMPLES}.")
    filled = variables(given, var, var_file, server.format)
    if filled is not None and not replace:
        raise ConfigurationError("--var belongs to a whole configuration. Add --replace, or leave it out.")
    if validate and not replace:
        raise ConfigurationError("--validate checks a whole configuration. Add --replace, or leave it out.")
    if replace and file is None:
        raise ConfigurationError("--replace needs a FILE with the whole new configuration.")
    if replace and dry_run:
        raise ConfigurationError(
            "--dry-run shows parts that change. Leave --replace out, or see: rxeryph catlet expand"
        )
    if dry_run:
        return _show_change(Reading(server.connection, server.output), catlet, given, project, allowed)
    identity = Identity.of(once)

    def change(api: Any, name: str) -> Any:
        common = {"project": project, **identity.arguments, **allowed}
        if replace:
            return api.catlets.update(name, given, variables=filled, validate=validate, **common)
        return api.catlets.change(name, given, **common)

    return server.submit([catlet], change, identity)


@verbs
def start(server: Changing, catlets: CatletArguments, project: Project = None) -> int:
    """Start catlets, and watch them together.

    Examples:
      rxeryph catlet start web db ci
      rxeryph catlet start web --no-wait
    """
    return server.submit(
        names(catlets), lambda api, name: api.catlets.start(name, project=project), find=catlet_in(project)
    )


@verbs
def stop(
    server: Changing,
    catlets: CatletArguments,
    project: Project = None,
    mode: Mode = "Shutdown",
) -> int:
    """Stop catlets, and watch them together.

    By default the guest is asked to shut down; a completed operation does not mean that it did.
    """
    kind: Any = next((each for each in ("Shutdown", "Hard", "Kill") if each.casefold() == mode.casefold()), mode)
    return server.submit(
        names(catlets), lambda api, name: api.catlets.stop(name, kind, project=project), find=catlet_in(project)
    )


@verbs
def delete(
    server: Changing,
    catlets: CatletArguments,
    project: Project = None,
    yes: Yes = False,
) -> int:
    """Delete catlets, and the disks that are stored with them."""
    found = names(catlets)
    if not confirmed(f"Delete {', '.join(found)}", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(found, lambda api, name: api.catlets.delete(name, project=project), find=catlet_in(project))


verbs.add(catlet_configuration.verbs)


def _show_change(
    server: Reading,
    catlet: str,
    given: dict[str, object],
    project: str | None,
    allowed: dict[str, Any],
) -> int:
    from ...model.plain import to_plain
    from ..configurations import readable

    with server.connection.plain() as api:
        planned: Any = api.catlets.change(catlet, given, project=project, dry_run=True, **allowed)
        if server.format is Format.ID:
            print(one_line(api.catlets.get(catlet, project=project).id), flush=True)
            return exit_codes.SUCCESS
    if server.format is not Format.TABLE:
        print_document(to_plain(planned), server.format)
        return exit_codes.SUCCESS
    if not planned.differences:
        print("Nothing would change.")
    for each in planned.differences:
        path = each.path.removeprefix("$.configuration.")
        print(one_line(f"{path}: {readable(each.before)} -> {readable(each.after)}"))
    return exit_codes.SUCCESS
