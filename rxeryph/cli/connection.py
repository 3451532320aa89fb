"""Which server to use, and as which client: the options of every command that sends requests."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..connecting import over
from .tree import CONNECTION

if TYPE_CHECKING:
    from ..client import ComputeClient, Transport
    from ..session import Eryph


def _option(*names: str, **settings: Any) -> Any:
    return typer.Option(*names, rich_help_panel=CONNECTION, show_default=False, **settings)


@dataclass(frozen=True)
class Connection:
    """Which server to use and which client to authenticate as. ``rxeryph.connect`` looks up what is not given."""

    stored: Annotated[
        str | None,
        _option(
            "--configuration", metavar="NAME", help="Stored configuration: default, zero, local or another name."
        ),
    ] = None
    endpoint: Annotated[
        str | None, _option("--endpoint", metavar="URL", help="Base URL, with /identity and /compute below it.")
    ] = None
    identity_endpoint: Annotated[
        str | None, _option("--identity-endpoint", metavar="URL", help="Base URL of the identity provider.")
    ] = None
    compute_endpoint: Annotated[
        str | None, _option("--compute-endpoint", metavar="URL", help="Base URL of the compute API.")
    ] = None
    client_id: Annotated[str | None, _option("--client-id", metavar="ID", help="Client to authenticate as.")] = None
    private_key: Annotated[
        str | None, _option("--private-key", metavar="FILE", help="The client's RSA key (PEM).")
    ] = None
    client_secret_file: Annotated[
        Path | None,
        _option("--client-secret-file", metavar="FILE", help="File with the client's secret, instead of a key."),
    ] = None
    scope: Annotated[
        list[str] | None, _option("--scope", metavar="SCOPE", help="Scope to request, not all; may be repeated.")
    ] = None
    ca_file: Annotated[str | None, _option("--ca-file", metavar="FILE", help="CA file (PEM) to trust.")] = None
    fingerprint: Annotated[
        str | None, _option("--fingerprint", metavar="SHA256", help="The only certificate to trust.")
    ] = None
    allow_http: Annotated[bool, _option("--allow-http", help="Allow plain http to other machines.")] = False

    @contextmanager
    def streams(self, **options: Any) -> Iterator[Eryph]:
        """The server with streams, for commands that follow operations. Raises as ``plain`` does.

        ``options`` are arguments of ``over``, such as ``journal``, which is otherwise that of the environment.
        """
        transport = self._open()
        with over(transport, **options) as eryph:
            transport.tokens.token()
            yield eryph

    @contextmanager
    def plain(self) -> Iterator[ComputeClient]:
        """The server without streams, which is loaded faster.

        Raises ConfigurationError for invalid options, and what a refused request for a token raises, at once.
        """
        with self.unchecked() as (client, transport):
            transport.tokens.token()
            yield client

    @contextmanager
    def unchecked(self) -> Iterator[tuple[ComputeClient, Transport]]:
        """The same before anything is sent. Raises ConfigurationError."""
        from ..client import ComputeClient

        transport = self._open()
        with ComputeClient(transport) as client:
            yield client, transport

    def _open(self) -> Transport:
        from ..client import ConnectionSettings

        transport = ConnectionSettings(**self.settings()).open()
        transport.gives_up_if_refused = True
        return transport

    def settings(self) -> dict[str, Any]:
        """The arguments of ``rxeryph.connect``. Raises ConfigurationError for options that exclude each other."""
        from ..errors import ConfigurationError
        from ..http import Fingerprint

        if self.ca_file is not None and self.fingerprint is not None:
            raise ConfigurationError("Give either --ca-file or --fingerprint, not both.", member="fingerprint")
        verify: bool | str | Fingerprint = self.ca_file or True
        if self.fingerprint is not None:
            verify = Fingerprint(self.fingerprint)
        return {
            "configuration": self.stored,
            "client_id": self.client_id,
            "endpoint": self.endpoint,
            "identity_endpoint": self.identity_endpoint,
            "compute_endpoint": self.compute_endpoint,
            "private_key": self.private_key,
            "client_secret": self._secret(),
            "scopes": self.scope or None,
            "verify": verify,
            "allow_http": self.allow_http,
        }

    def arguments(self) -> str:
        """The options as they were given, to be pasted after another command."""
        parts: list[str] = []
        for field in fields(self):
            value = getattr(self, field.name)
            name = _name_of(field.name)
            for each in value if isinstance(value, list | tuple) else [value]:
                if each is True:
                    parts.append(name)
                elif each not in (None, False):
                    parts += [name, shlex.quote(str(each))]
        return "".join(f" {part}" for part in parts)

    def _secret(self) -> str | None:
        path = self.client_secret_file
        if path is None:
            return None
        from ..errors import ConfigurationError
        from ..reading import read_file

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


def connection_last(arguments: Sequence[str]) -> list[str]:
    """The arguments with options of connection and output before the command, as kubectl allows, moved behind it."""
    names = {*(_name_of(field.name) for field in fields(Connection)), "-o", "--output", "--json"}
    rest, moved = list(arguments), []
    while rest and rest[0].partition("=")[0] in names:
        count = _length(rest[0])
        moved += rest[:count]
        del rest[:count]
    return rest + moved


def connection_options(arguments: Sequence[str]) -> str:
    """The connection options among the arguments of a command, to be pasted after another command."""
    names = {_name_of(field.name) for field in fields(Connection)}
    found: list[str] = []
    for index, each in enumerate(arguments):
        if each.partition("=")[0] in names:
            found += arguments[index : index + _length(each)]
    return "".join(f" {shlex.quote(each)}" for each in found)


def _length(option: str) -> int:
    return 1 if "=" in option or option in ("--allow-http", "--json") else 2


def _name_of(field: str) -> str:
    return "--configuration" if field == "stored" else f"--{field.replace('_', '-')}"
