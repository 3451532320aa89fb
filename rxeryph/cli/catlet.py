"""The commands about catlets that exist."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..configuration import check_configuration
from ..errors import ConfigurationError
from ..model import CatletChange
from ..model.plain import to_plain
from ..model.text import escaped_json, one_line
from . import exit_codes
from .changes import EXAMPLES, assign
from .connection import Connection, with_connection
from .following import follow_one
from .options import Json, Seconds
from .view import make_view

catlet = typer.Typer(help="Change catlets.", no_args_is_help=True, rich_markup_mode=None)


@catlet.callback()
def about() -> None:
    """Change catlets."""


@catlet.command(epilog=exit_codes.EPILOG)
@with_connection
def update(
    connection: Connection,
    name: Annotated[str, typer.Argument(metavar="CATLET", help="Name or ID.")],
    configuration: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="The parts to change, in YAML or JSON; - for stdin."),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help=f"Part to change: {EXAMPLES}. May be repeated."),
    ] = None,
    project: Annotated[str | None, typer.Option(help="Name or ID of the catlet's project.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    timeout: Seconds = None,
    as_json: Json = False,
) -> int:
    """Change parts of a catlet's configuration and watch the operation to its end."""
    partial: dict[str, object] = {}
    if configuration is not None:
        partial = check_configuration(sys.stdin.read() if configuration == "-" else Path(configuration))
    assign(partial, assignments or ())
    if not partial:
        raise ConfigurationError(f"Nothing to change. Give a file, or --set with a part such as {EXAMPLES}.")
    with connection.open() as eryph:
        if dry_run:
            _show(eryph.catlets.change(name, partial, project=project, dry_run=True), as_json=as_json)
            return exit_codes.SUCCESS
        stream = eryph.catlets.change(name, partial, project=project)
        if not as_json:
            print(f"Operation {stream.operation_id}", flush=True)
        view = make_view({stream.operation_id: name}, as_json=as_json)
        return exit_codes.of_result(follow_one(stream, view, timeout))


def _show(planned: CatletChange, *, as_json: bool) -> None:
    if as_json:
        print(escaped_json(json.dumps(to_plain(planned), ensure_ascii=False)))
        return
    if not planned.differences:
        print("Nothing would change.")
    for each in planned.differences:
        before, after = (json.dumps(side, ensure_ascii=False) for side in (each.before, each.after))
        print(one_line(f"{each.path.removeprefix('$.configuration.')}: {before} -> {after}"))
