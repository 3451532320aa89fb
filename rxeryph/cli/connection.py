"""The connection options, which every command that contacts a server has, as one argument."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar, get_type_hints

import typer

from ..connecting import connect
from ..errors import ConfigurationError
from ..http import Fingerprint, Verify
from ..reading import read_file
from ..session import Eryph

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Connection:
    """Which server to use and which client to authenticate as. ``rxeryph.connect`` looks up what is not given."""

    stored: Annotated[
        str | None,
        typer.Option(
            "--configuration", metavar="NAME", help="Stored configuration: default, zero, local or another name."
        ),
    ] = None

    endpoint: Annotated[
        str | None, typer.Option(help="Base URL, with /identity and /compute below it.", show_default=False)
    ] = None
    identity_endpoint: Annotated[str | None, typer.Option(help="Base URL of the identity provider.")] = None
    compute_endpoint: Annotated[str | None, typer.Option(help="Base URL of the compute API.")] = None
    client_id: Annotated[str | None, typer.Option(help="Client ID to authenticate as.")] = None
    private_key: Annotated[str | None, typer.Option(metavar="FILE", help="The client's RSA key (PEM).")] = None
    client_secret_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File with the client's secret, instead of a key.")
    ] = None
    scope: Annotated[list[str] | None, typer.Option(help="Scope to request instead of all; may be repeated.")] = None
    ca_file: Annotated[str | None, typer.Option(metavar="FILE", help="CA file (PEM) to trust.")] = None
    fingerprint: Annotated[str | None, typer.Option(help="SHA-256 of the only certificate to trust.")] = None
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Allow plain http to other machines.")] = False

    def open(self) -> Eryph:
        """Connect. Raises ConfigurationError for invalid options."""
        verify: Verify = self.ca_file or True
        if self.fingerprint is not None:
            verify = Fingerprint(self.fingerprint)
        return connect(
            self.stored,
            client_id=self.client_id,
            endpoint=self.endpoint,
            identity_endpoint=self.identity_endpoint,
            compute_endpoint=self.compute_endpoint,
            private_key=self.private_key,
            client_secret=self._secret(),
            scopes=self.scope or None,
            verify=verify,
            allow_http=self.allow_http,
        )

    def _secret(self) -> str | None:
        path = self.client_secret_file
        if path is None:
            return None
        try:
            return read_file(path).decode("utf-8-sig").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            if isinstance(error, UnicodeDecodeError):
                reason = "it is not a text file"
            place = str(path) if os.path.lexists(path) else None  # else it may be the secret itself
            named = "the file" if place is None else repr(place)
            raise ConfigurationError(
                f"--client-secret-file: cannot read {named}: {reason}.", place=place, member="client_secret"
            ) from None


def with_connection(command: Callable[Concatenate[Connection, P], T]) -> Callable[..., T]:
    """Add the options of a ``Connection`` to ``command`` and pass the connection as its first argument."""
    options = inspect.signature(Connection).parameters
    own = dict(list(inspect.signature(command).parameters.items())[1:])

    @functools.wraps(command)
    def with_options(*args: Any, **arguments: Any) -> T:
        connection = Connection(**{name: arguments.pop(name) for name in options})
        return command(connection, *args, **arguments)

    hints = {**get_type_hints(command, include_extras=True), **get_type_hints(Connection, include_extras=True)}
    parameters = [
        parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in (*own.items(), *options.items())
    ]
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_options
