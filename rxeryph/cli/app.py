"""The commands and their options. Every error ends a command with one line on stderr and an exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..configuration import check_configuration
from ..credentials import Endpoints, save
from ..errors import ConfigurationError, RxEryphError
from ..reading import LARGEST_FILE
from . import exit_codes
from .catlet import catlet
from .connection import Connection, with_connection
from .demo import run_demo
from .following import follow_one
from .options import Json, Seconds
from .simulate import ServerVersion, run_simulator
from .view import make_view, prepare_output
from .whereabouts import show_whereabouts

Speed = Annotated[float, typer.Option(min=0.1, help="Simulated seconds per real second.")]

app = typer.Typer(
    help="Operations of an eryph server, watched live.",
    epilog=exit_codes.EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(catlet, name="catlet")


@app.command(epilog=exit_codes.EPILOG)
def demo(as_json: Json = False, speed: Speed = 10.0) -> int:
    """Create three catlets on a simulated eryph and watch them; takes about 15 seconds."""
    return run_demo(speed, as_json=as_json)


@app.command()
def simulate(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for a free one.")] = 0,
    speed: Annotated[
        float | None,
        typer.Option(min=0.1, help="Simulated seconds per real second. Default: 10.", show_default=False),
    ] = None,
    seconds_per_request: Annotated[
        float | None,
        typer.Option(min=0.001, help="Simulated seconds per request to the compute API, instead of per real second."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Determines every id, latency and size.")] = 0,
    api_version: Annotated[
        ServerVersion,
        typer.Option(help="Behave like a server of that version. 1.3 is the newest, which reports 1.2."),
    ] = ServerVersion.V1_2,
    token_lifetime: Annotated[float, typer.Option(min=1.0, help="Lifetime of a token, in real seconds.")] = 3600.0,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https with a new self-signed certificate.")] = False,
    key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write the client's key to. Default: a temporary file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print how to connect as one line of JSON.")] = False,
) -> int:
    """Run a simulated eryph on this machine until Ctrl-C."""
    return run_simulator(
        port=port,
        speed=speed,
        seconds_per_request=seconds_per_request,
        seed=seed,
        version=api_version,
        token_lifetime=token_lifetime,
        tls=tls,
        key_file=key_file,
        as_json=as_json,
    )


@app.command(epilog=exit_codes.EPILOG)
@with_connection
def create(
    connection: Connection,
    configuration: Annotated[
        str, typer.Argument(metavar="FILE", help="Catlet configuration in YAML or JSON; - for stdin.")
    ],
    timeout: Seconds = None,
    as_json: Json = False,
) -> int:
    """Create a catlet and watch the operation to its end."""
    given = check_configuration(_read_stdin() if configuration == "-" else Path(configuration))
    with connection.open() as eryph:
        stream = eryph.catlets.create(given)
        name = str(given.get("name") or "catlet")
        return exit_codes.of_result(
            follow_one(stream, make_view({stream.operation_id: name}, as_json=as_json), timeout)
        )


@app.command(epilog=exit_codes.EPILOG)
@with_connection
def watch(
    connection: Connection,
    operation_id: Annotated[str, typer.Argument(metavar="OPERATION-ID")],
    timeout: Seconds = None,
    as_json: Json = False,
) -> int:
    """Watch an operation that was started elsewhere to its end."""
    with connection.open() as eryph:
        stream = eryph.track(operation_id)
        view = make_view({stream.operation_id: stream.operation_id[:8]}, as_json=as_json)
        return exit_codes.of_result(follow_one(stream, view, timeout))


@app.command(epilog=exit_codes.EPILOG)
@with_connection
def cancel(
    connection: Connection,
    operation_id: Annotated[str, typer.Argument(metavar="OPERATION-ID")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the request as JSON.")] = False,
) -> int:
    """Request the server to cancel an operation.

    Only the preparation of genes heeds the request today, and the server does not remember it: the operation may run
    to its end all the same.
    """
    with connection.open() as eryph:
        taken = eryph.operations.cancel(operation_id)
    print(
        json.dumps({"operation_id": taken.operation_id})
        if as_json
        else f"The server took the request to cancel operation {taken.operation_id}. Only the preparation of genes"
        " heeds it today, and the server does not remember it; if a gene is prepared later, request it again.\n"
        f"To see what happens, run: rxeryph watch {taken.operation_id}"
    )
    return exit_codes.SUCCESS


@app.command(epilog=exit_codes.EPILOG)
@with_connection
def whereami(
    connection: Connection,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the server.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """Show which server and client the other commands would use, and where they were found."""
    return show_whereabouts(connection, is_offline=offline, as_json=as_json)


@app.command(epilog=exit_codes.EPILOG)
def configure(
    client_id: Annotated[str, typer.Option(help="Client ID.")],
    private_key: Annotated[str, typer.Option(metavar="FILE", help="The client's RSA key (PEM).")],
    configuration: Annotated[
        str, typer.Option(metavar="NAME", help="Configuration to store the client in.")
    ] = "default",
    name: Annotated[str | None, typer.Option(help="Display name of the client.")] = None,
    endpoint: Annotated[str | None, typer.Option(help="Base URL, with /identity and /compute below it.")] = None,
    identity_endpoint: Annotated[str | None, typer.Option(help="Base URL of the identity provider.")] = None,
    compute_endpoint: Annotated[str | None, typer.Option(help="Base URL of the compute API.")] = None,
    store: Annotated[str, typer.Option(help="user, system or current directory.")] = "user",
    default: Annotated[
        bool | None,
        typer.Option("--default/--no-default", help="Make this the default client (automatic for the first)."),
    ] = None,
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Allow plain http to other machines.")] = False,
) -> int:
    """Store a client, its key and its endpoints where every eryph client finds them."""
    below = Endpoints.below(endpoint) if endpoint else None
    file = save(
        configuration,
        client_id,
        private_key,
        name=name,
        identity_endpoint=identity_endpoint or (below.identity if below else None),
        compute_endpoint=compute_endpoint or (below.compute if below else None),
        is_default=default,
        store=store,
        allow_http=allow_http,
    )
    print(f"Client {client_id} is stored in {file}.")
    return exit_codes.SUCCESS


@app.command(epilog=exit_codes.EPILOG)
@with_connection
def version(connection: Connection, as_json: Annotated[bool, typer.Option("--json")] = False) -> int:
    """Show the API version of the server."""
    with connection.open() as eryph:
        found = eryph.version()
    print(json.dumps({"major": found.major, "minor": found.minor}) if as_json else f"API {found}")
    return exit_codes.SUCCESS


def _read_stdin() -> str:
    try:
        text = sys.stdin.read(LARGEST_FILE + 1)
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"stdin is not UTF-8 at byte {error.start}.", place="stdin") from None
    if len(text) > LARGEST_FILE:
        raise ConfigurationError(f"stdin is larger than {LARGEST_FILE // 1024} KiB.", place="stdin")
    return text


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code. An error is one line on stderr."""
    prepare_output()
    try:
        code = _invoke(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        # The reader closed the pipe. What is still buffered must not be written when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.CLOSED_PIPE
    except RxEryphError as error:
        print(f"rxeryph: {error}", file=sys.stderr)
        return exit_codes.of_error(error)


def _invoke(arguments: list[str]) -> int:
    """Run a command without typer's error handling, which uses one exit code for a closed pipe and a failure."""
    command = typer.main.get_command(app)
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
        show()
        return exit_codes.USAGE
