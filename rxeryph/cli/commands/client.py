"""``rxeryph client``: the clients of the identity API, who may request tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import ApiError, ConfigurationError, RxEryphError
from ...model.text import one_line
from .. import exit_codes
from ..confirming import confirmed
from ..connection import Connection
from ..options import Format, Yes
from ..output.nouns import CLIENT
from ..output.printing import print_document, print_object
from ..reading import Reading
from ..reporting import report, report_closed_pipe, report_unwritable, say
from ..stored import say_if_unused
from ..targets import client_id, names
from ..tree import Verbs

if TYPE_CHECKING:
    from pathlib import Path

    from ...client import Transport
    from ...model import IdentityClientWithSecret

verbs = Verbs()

SUPER_ADMIN = "e5e83176-7543-4d01-baea-08a00ea064a6"
"""The id of the role that may do everything; it is the same on every server."""

Client = Annotated[str, typer.Argument(metavar="CLIENT", help="Name or id of a client, as in: rxeryph client list")]
ClientArguments = Annotated[list[str], typer.Argument(metavar="CLIENT", help="Names or ids of clients; - for stdin.")]
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="SCOPE",
        show_default=False,
        help="Scope that the client may request, such as compute:read; may be repeated. Default: compute:write.",
    ),
]
Save = Annotated[
    bool, typer.Option("--save", help="Store the client, its key and the endpoints, as rxeryph configure does.")
]
Default = Annotated[
    bool | None,
    typer.Option(
        "--default/--no-default",
        show_default=False,
        help="With --save: use this client from now on, also if there is a default client already.",
    ),
]
SaveIn = Annotated[
    str | None,
    typer.Option(
        "--save-in",
        metavar="NAME",
        show_default=False,
        help="Configuration to store it in. Default: the one in use, else default.",
    ),
]


@verbs
def list_(server: Reading) -> int:
    """List clients."""
    return server.list(CLIENT, lambda api: api.clients.list())


@verbs
def show(server: Reading, clients: ClientArguments) -> int:
    """Show clients: scopes and roles."""
    return server.show(CLIENT, clients, lambda api, each: api.clients.get(client_id(api, each)))


@verbs
def create(
    server: Reading,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new client.")],
    allow: Scopes = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role",
            metavar="ROLE",
            show_default=False,
            help="super-admin, or the id of a role; may be repeated. Without one, the client sees only the projects"
            " that it is added to, see: rxeryph project add-member --help",
        ),
    ] = None,
    save: Save = False,
    save_in: SaveIn = None,
    default: Default = None,
) -> int:
    """Create a client, and print its private key, or store it with --save.

    With --save, rxeryph and the other eryph clients find it; they use it from now on if there is no default client
    yet, or with --default.

    Examples:
      rxeryph client create my-laptop --role super-admin --save
      rxeryph client create ci --allow compute:read > ci.json -o json
    """
    with server.connection.unchecked() as (api, transport):
        roles = [SUPER_ADMIN if each.casefold() == "super-admin" else each for each in role or ()]
        made = api.clients.create(name, allow or ["compute:write"], roles=roles)
        return _hand_out(server, transport, made, save, save_in, default)


@verbs
def update(
    server: Reading,
    client: Client,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", show_default=False, help="New name.")] = None,
    allow: Scopes = None,
) -> int:
    """Change the name or the scopes of a client; what is not given stays as it is."""
    with server.connection.plain() as api:
        before = api.clients.get(client_id(api, client))
        found = api.clients.update(before.id, name or before.name, allow or before.allowed_scopes)
    print_object([found], CLIENT, server.format)
    return exit_codes.SUCCESS


@verbs
def delete(server: Reading, clients: ClientArguments, yes: Yes = False) -> int:
    """Delete clients. Tokens that they already have stay valid until they expire."""
    found = names(clients)
    if not confirmed(f"Delete {', '.join(found)}", yes=yes):
        return exit_codes.SUCCESS
    with server.connection.plain() as api:
        deleted, codes = [], []
        for each in dict.fromkeys([client_id(api, each) for each in found]):
            try:
                api.clients.delete(each)
            except RxEryphError as error:
                as_json, options = server.format is Format.JSON, server.connection.arguments()
                codes.append(report(error, as_json=as_json, options=options))
                if not isinstance(error, ApiError):
                    break
                continue
            deleted.append(each)
            if server.format is Format.TABLE:
                print(one_line(f"Client {each} is deleted."), flush=True)
            elif server.format is Format.ID:
                print(one_line(each), flush=True)
    if server.format in (Format.JSON, Format.YAML):
        print_document([{"id": each, "deleted": True} for each in deleted], server.format)
    return exit_codes.worst(codes)


@verbs
def new_key(
    server: Reading,
    client: Client,
    secret: Annotated[bool, typer.Option("--secret", help="Make a shared secret instead of a private key.")] = False,
    save: Save = False,
    save_in: SaveIn = None,
    yes: Yes = False,
) -> int:
    """Replace the key of a client, and print the new one, or store it with --save. The old key stops working."""
    if not confirmed(f"Replace the key of client {client}", yes=yes):
        return exit_codes.SUCCESS
    with server.connection.unchecked() as (api, transport):
        made = api.clients.new_key(client_id(api, client), shared_secret=secret)
        return _hand_out(server, transport, made, save and not secret, None if secret else save_in)


def _hand_out(
    server: Reading,
    transport: Transport,
    made: IdentityClientWithSecret,
    is_saved: bool,
    configuration: str | None,
    is_default: bool | None = None,
) -> int:
    """Store a new key, or print it: it is shown only once."""
    document: dict[str, Any] = CLIENT.document(made)
    problem: Exception | None = None
    is_saved = is_saved or configuration is not None
    if is_saved:
        try:
            document["stored_in"] = str(_store(server.connection, transport, made, configuration, is_default))
        except (ConfigurationError, OSError) as error:
            problem, is_saved = error, False
    if not is_saved:
        document["key"] = made.key
    try:
        _print_made(server, transport, made, document, is_saved, configuration)
    except OSError as error:
        if is_saved:
            raise
        advice = f"The key of client {made.id} is lost. To get another, run: rxeryph client new-key {made.id}"
        as_json = server.format is Format.JSON
        if isinstance(error, BrokenPipeError):
            report_closed_pipe((), advice, as_json=as_json)
            raise
        return report_unwritable(error, as_json=as_json, advice=advice)
    if problem is not None:
        raise ConfigurationError(
            f"Client {made.id} exists, but its key could not be stored: {problem}"
            " The key was printed instead, unless with -o id. To store a new one elsewhere, run:"
            f" rxeryph client new-key {made.id} --save-in NAME"
        ) from problem
    return exit_codes.SUCCESS


def _print_made(
    server: Reading,
    transport: Transport,
    made: IdentityClientWithSecret,
    document: dict[str, Any],
    is_saved: bool,
    configuration: str | None,
) -> None:
    if server.format in (Format.JSON, Format.YAML):
        print_document(document, server.format)
    elif server.format is Format.ID:
        print(one_line(made.id), flush=True)
        if not is_saved:
            say("The key is not shown with -o id, and is lost. To get another, run: rxeryph client new-key")
    else:
        print(one_line(f"Client {made.id} ({made.name}) may request {' '.join(made.allowed_scopes)}."))
        print(one_line(f"It is stored in {document['stored_in']}.") if is_saved else made.key, flush=True)
        if is_saved:
            say_if_unused(made.id, _configuration(transport, configuration))


def _configuration(transport: Transport, given: str | None) -> str:
    return given or transport.whereabouts.configuration or "default"


def _store(
    connection: Connection,
    transport: Transport,
    made: IdentityClientWithSecret,
    given: str | None,
    is_default: bool | None,
) -> Path:
    """Store a client with its key, and with the endpoints and certificates of this connection."""
    from ...credentials import save

    here = transport.whereabouts
    return save(
        _configuration(transport, given),
        made.id,
        made.key,
        name=made.name,
        identity_endpoint=here.endpoints.identity,
        compute_endpoint=here.endpoints.compute,
        ca_file=connection.ca_file or here.certificates.ca_file,
        fingerprint=connection.fingerprint or here.certificates.fingerprint,
        is_default=is_default,
        allow_http=connection.allow_http,
    )
