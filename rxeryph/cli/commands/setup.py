"""``rxeryph whereami`` and ``rxeryph configure``: which server and client are used."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import exit_codes
from ..reading import Reading
from ..stored import say_if_unused
from ..tree import Verbs

verbs = Verbs()


@verbs
def whereami(
    server: Reading,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the server.")] = False,
) -> int:
    """Show which server and client the other commands use, who that is, and where both were found."""
    from ..whereabouts import show_whereabouts

    return show_whereabouts(server.connection, server.format, is_offline=offline)


@verbs
def configure(
    client_id: Annotated[str, typer.Option("--client-id", metavar="ID", help="Client ID.")],
    private_key: Annotated[str, typer.Option("--private-key", metavar="FILE", help="The client's RSA key (PEM).")],
    configuration: Annotated[
        str, typer.Option("--configuration", metavar="NAME", help="Configuration to store the client in.")
    ] = "default",
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", show_default=False, help="Display name of the client.")
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint", metavar="URL", show_default=False, help="Base URL, with /identity and /compute below."
        ),
    ] = None,
    identity_endpoint: Annotated[
        str | None,
        typer.Option("--identity-endpoint", metavar="URL", show_default=False, help="URL of the identity provider."),
    ] = None,
    compute_endpoint: Annotated[
        str | None,
        typer.Option("--compute-endpoint", metavar="URL", show_default=False, help="URL of the compute API."),
    ] = None,
    ca_file: Annotated[
        str | None,
        typer.Option("--ca-file", metavar="FILE", show_default=False, help="CA file (PEM) to trust for this server."),
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", metavar="SHA256", show_default=False, help="The only certificate to trust."),
    ] = None,
    store: Annotated[
        str, typer.Option("--store", metavar="STORE", help="user, system or current directory.")
    ] = "user",
    default: Annotated[
        bool | None,
        typer.Option(
            "--default/--no-default",
            show_default=False,
            help="Make this the default client (automatic for the first).",
        ),
    ] = None,
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Allow plain http to other machines.")] = False,
) -> int:
    """Store a client, its key and its endpoints where every eryph client finds them.

    Examples:
      rxeryph configure --client-id me --private-key me.key --endpoint https://pc1

    Long because it declares all of its options.
    """
    from ...credentials import Endpoints, save

    below = Endpoints.below(endpoint) if endpoint else None
    file = save(
        configuration,
        client_id,
        private_key,
        name=name,
        identity_endpoint=identity_endpoint or (below.identity if below else None),
        compute_endpoint=compute_endpoint or (below.compute if below else None),
        ca_file=ca_file,
        fingerprint=fingerprint,
        is_default=default,
        store=store,
        allow_http=allow_http,
    )
    print(f"Client {client_id} is stored in {file}.")
    say_if_unused(client_id, configuration)
    return exit_codes.SUCCESS
