"""The commands of ``rxeryph catlet`` about configurations: print, check and expand them. Nothing is created."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import ConfigurationError
from .. import exit_codes
from ..options import AllowUnknown, CatletArgument, File, Format, Project, allowing
from ..output.nouns import ISSUE
from ..output.printing import print_document, print_verdict
from ..reading import Reading
from ..submitting import Asking
from ..tree import Verbs

if TYPE_CHECKING:
    from ...outcome import OperationResult

verbs = Verbs()

Variable = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", show_default=False, help="Value of a variable; may be repeated."),
]
VariableFile = Annotated[
    list[Path] | None,
    typer.Option("--var-file", metavar="FILE", show_default=False, help="File of NAME: VALUE lines (YAML or JSON)."),
]
Secrets = Annotated[bool, typer.Option("--show-secrets", help="Print values that are marked as secret.")]


@verbs
def config(server: Reading, catlet: CatletArgument, project: Project = None) -> int:
    """Print the configuration that a catlet has, as YAML (or JSON with -o json)."""
    return server.document(
        lambda api: api.catlets.get_config(catlet, project=project),
        lambda api: api.catlets.get(catlet, project=project).id,
    )


@verbs
def validate(server: Reading, file: File, allow_unknown: AllowUnknown = False) -> int:
    """Let the server check a configuration, without its parent. The exit code is 2 if it is not valid."""
    from ..configurations import source

    with server.connection.plain() as api:
        verdict = api.catlets.validate_config(source(file), **allowing(allow_unknown))
    print_verdict(verdict, ISSUE, server.format)
    return exit_codes.SUCCESS if verdict.is_valid else exit_codes.USAGE


@verbs
def expand(
    server: Asking,
    file: File,
    catlet: Annotated[
        str | None,
        typer.Option(
            "--catlet", metavar="CATLET", show_default=False, help="Expand it in the project of this catlet."
        ),
    ] = None,
    project: Project = None,
    var: Variable = None,
    var_file: VariableFile = None,
    show_secrets: Secrets = False,
    allow_unknown: AllowUnknown = False,
) -> int:
    """Print a configuration together with that of its parent, as YAML (or JSON with -o json). Nothing is created."""
    from ..configurations import configuration, variables

    allowed = allowing(allow_unknown)
    if catlet is None:
        given = configuration(file, project=project, **allowed)
        return print_expanded(server, given, variables(given, var, var_file, server.format), show_secrets, allowed)
    if var or var_file:
        raise ConfigurationError("--catlet and --var exclude each other. Leave one of them out.")
    given = configuration(file, **allowed)
    return server.answer(
        catlet,
        lambda eryph: eryph.catlets.expand_existing(
            catlet, given, project=project, show_secrets=show_secrets, **allowed
        ),
        lambda result: _print_configuration(result, server.format),
    )


@verbs
def variables_(server: Asking, file: File, allow_unknown: AllowUnknown = False) -> int:
    """Print a configuration with the variables that its parent declares, as YAML (or JSON with -o json)."""
    from ..configurations import configuration

    allowed = allowing(allow_unknown)
    given = configuration(file, **allowed)
    return server.answer(
        str(given.get("name") or file),
        lambda eryph: eryph.catlets.populate_variables(given, **allowed),
        lambda result: _print_configuration(result, server.format),
    )


def print_expanded(
    server: Asking,
    given: dict[str, object],
    filled: dict[str, Any] | None,
    show_secrets: bool,
    allowed: dict[str, Any],
) -> int:
    """Print a configuration together with that of its parent."""
    return server.answer(
        str(given.get("name") or "catlet"),
        lambda eryph: eryph.catlets.expand_config(given, variables=filled, show_secrets=show_secrets, **allowed),
        lambda result: _print_configuration(result, server.format),
    )


def _print_configuration(result: OperationResult, format: Format) -> None:
    found = getattr(result.typed_result, "configuration", None)
    print_document(dict(found or {}), format)
