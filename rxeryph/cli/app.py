"""The command: which commands there are, and how each begins and ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import Annotated, Any

import typer

from . import exit_codes
from .connection import Connection, connection_last, connection_options
from .standard_streams import discard_output, open_closed_streams
from .tree import CONNECTION, Entry, LazyGroup, NounGroup, make_command
from .view import prepare_output

DAILY, NOUNS, JOURNALS, OTHERS = "Every day", "Everything else: rxeryph NOUN VERB", "Journals", "This machine"

ENTRIES = {
    "create": Entry("catlet", "Create a catlet and watch it; the same as catlet create", DAILY, "create"),
    "watch": Entry("operation", "Watch operations, or all with --all; the same as operation watch", DAILY, "watch"),
    "operation": Entry(
        "operation", "List, show, watch, wait for, and cancel operations, and print their logs", NOUNS
    ),
    "catlet": Entry("catlet", "List, show, create, update, start, stop, delete, validate and expand catlets", NOUNS),
    "project": Entry("project", "List, show, create and delete projects, and their members", NOUNS),
    "disk": Entry("disk", "List, show, create and delete virtual disks", NOUNS),
    "network": Entry("network", "List and show virtual networks, and configure those of a project", NOUNS),
    "gene": Entry("gene", "List, show and remove the genes of the local gene pool", NOUNS),
    "spec": Entry("spec", "Keep configurations in versions on the server, and deploy them", NOUNS),
    "guest": Entry("guest", "Services inside a catlet: status, access keys, SSH", NOUNS),
    "client": Entry("client", "List, create and delete clients, who may use the server", NOUNS),
    "server": Entry("server", "The version of the server, and names that configurations may use", NOUNS),
    "relay": Entry("journals", "Poll every operation into a journal, for any number of readers", JOURNALS, "relay"),
    "events": Entry("journals", "Print every event in a journal, as tail -f does", JOURNALS, "events"),
    "whereami": Entry(
        "setup", "Show which server and client are used, and where they were found", OTHERS, "whereami"
    ),
    "configure": Entry("setup", "Store a client, its key and its endpoints", OTHERS, "configure"),
    "version": Entry("server", "Show the versions of rxeryph and of the server", OTHERS, "version"),
    "simulate": Entry("trying", "Run a simulated eryph on this machine", OTHERS, "simulate"),
    "demo": Entry("trying", "Create three catlets on a simulated eryph and watch them", OTHERS, "demo"),
}

HELP = """Operations, catlets and everything else of an eryph server.

Examples:
  rxeryph create web.yaml
  rxeryph watch --all
  rxeryph operation list --status Running
  rxeryph catlet start web db"""

CODES = "\n".join(f"  {code:>3}  {meaning}" for code, meaning in exit_codes.MEANINGS.items())
ORDER = ", ".join(map(str, exit_codes.WORST_FIRST[:-1]))


class Root(LazyGroup):
    """``rxeryph`` itself."""

    def lines(self) -> Iterable[tuple[str, str, str]]:
        return ((entry.section, name, entry.help) for name, entry in ENTRIES.items())

    def make(self, name: str) -> Any:
        entry = ENTRIES[name]
        if entry.command is None:
            return NounGroup(name, entry)
        return make_command(name, entry.verbs[entry.command])

    def hint(self, given: str, names: list[str]) -> str:
        nouns = [name for name, entry in ENTRIES.items() if entry.command is None and given in entry.verbs]
        if nouns:
            return f"Write the noun before it: {', '.join(f'rxeryph {noun} {given}' for noun in nouns)}."
        return super().hint(given, names)

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        super().format_options(ctx, formatter)
        command = make_command("any", _any_command)
        records = [
            parameter.get_help_record(ctx)
            for parameter in command.get_params(ctx)
            if getattr(parameter, "rich_help_panel", None) == CONNECTION
        ]
        with formatter.section(f"{CONNECTION} (for every command that contacts a server; see whereami)"):
            formatter.write_dl([each for each in records if each is not None])

    def format_epilog(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        formatter.write(f"\nExit codes (if several apply, the first of {ORDER}):\n{CODES}\n")


app = typer.Typer(
    cls=Root,
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from ..about import version

        print(f"rxeryph {version()}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version of rxeryph.")
    ] = False,
) -> None:
    """Nothing is shared by all commands."""


def _any_command(connection: Connection) -> int:
    raise NotImplementedError


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code. An error is one line on stderr."""
    given = connection_last(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["help"]:
        given = [*given[1:], "--help"]
    as_json = _wants_json(given)
    open_closed_streams()
    prepare_output()
    try:
        code = _invoke(given, as_json=as_json)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        discard_output()
        return exit_codes.CLOSED_PIPE
    except Exception as error:  # noqa: BLE001  a mistake is raised again; the class of our errors is loaded with one
        return _report(error, connection_options(given), as_json=as_json)


def _invoke(arguments: list[str], *, as_json: bool) -> int:
    """Run a command without typer's error handling, which uses one exit code for a closed pipe and a failure."""
    command = typer.main.get_command(app)
    if "_RXERYPH_COMPLETE" in os.environ:
        command.main(arguments, prog_name="rxeryph")
    try:
        with command.make_context("rxeryph", arguments) as context:
            return int(command.invoke(context) or exit_codes.SUCCESS)
    except typer.Exit as end:  # --help
        return end.exit_code
    except Exception as error:
        # Usage errors print themselves; the module of their class differs between versions of typer.
        show = getattr(error, "show", None)
        if show is None:
            raise
        if as_json:
            from .reporting import report_usage

            report_usage(getattr(error, "format_message", error.__str__)())
        else:
            with suppress(OSError):
                show()
        return exit_codes.USAGE


def _report(error: Exception, options: str, *, as_json: bool) -> int:
    """Report an error of ours, or of the output; any other is a mistake, and is raised."""
    from ..errors import RxEryphError
    from .reporting import report, report_unwritable

    if isinstance(error, RxEryphError):
        return report(error, as_json=as_json, options=options)
    if isinstance(error, OSError):
        return report_unwritable(error, as_json=as_json)
    raise error


def _wants_json(arguments: Sequence[str]) -> bool:
    """True if the arguments of a command request JSON, also when the rest of them is wrong."""
    following = zip_longest(arguments, arguments[1:], fillvalue="")
    return any(
        each in ("--json", "-ojson", "--output=json") or (each in ("-o", "--output") and value == "json")
        for each, value in following
    )
