"""Configurations: which clients and endpoints the files ``<name>.config`` list, alone and combined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError
from ..reading import read_json
from .certificates import Certificates, certificates

LONGEST_NAME = 100
"""Characters; a longer name is a key or a token in the wrong place."""


@dataclass(frozen=True, slots=True)
class StoredClient:
    """A client that a configuration lists."""

    id: str
    name: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """One file ``<name>.config``; ``endpoints`` are by service, ``identity`` or ``compute``."""

    path: Path
    default_client_id: str | None
    clients: tuple[StoredClient, ...]
    endpoints: Mapping[str, str]
    ruby_default: str | None = None
    """``defaultClient``, which the Ruby client writes but never reads."""
    certificates: Certificates | None = None
    """``tls``, which only rxeryph reads."""

    def client(self, client_id: str) -> StoredClient | None:
        """The entry of a client, None if the file does not list it."""
        return next((client for client in self.clients if client.id.casefold() == client_id.casefold()), None)


@dataclass(frozen=True, slots=True)
class StoredConfiguration:
    """All files of one name, in order of precedence."""

    name: str
    files: tuple[ConfigurationFile, ...] = ()

    @property
    def default_client_id(self) -> str | None:
        """The client to use by default: a default id, else an entry marked as default, else Ruby's spelling."""
        ids = (file.default_client_id for file in self.files)
        marked = (client.id for client in self.clients() if client.is_default)
        ruby = (file.ruby_default for file in self.files)
        return next((each for each in (*ids, *marked, *ruby) if each), None)

    def clients(self) -> Iterator[StoredClient]:
        """The clients, each once, with its first entry."""
        seen = set()
        for file in self.files:
            for client in file.clients:
                if client.id.casefold() not in seen:
                    seen.add(client.id.casefold())
                    yield client

    def client(self, client_id: str) -> StoredClient | None:
        """The first entry of a client."""
        return next(filter(None, (file.client(client_id) for file in self.files)), None)

    def endpoint(self, service: str) -> tuple[str, Path] | None:
        """The first endpoint of a service, and the file that names it."""
        return next(((each.endpoints[service], each.path) for each in self.files if service in each.endpoints), None)


def parse_configuration(text: str, path: Path) -> ConfigurationFile:
    """The content of a file. Raises ConfigurationError, which names the member that is wrong."""
    try:
        data = read_json(text)
    except ValueError as error:
        raise ConfigurationError(f"{path}: not JSON: {error}.", place=str(path)) from error
    reader = _Reader(path)
    top = reader.members(data, "$")
    clients = [] if top.get("clients") is None else top["clients"]
    if not isinstance(clients, list):
        raise reader.broken("$.clients", f"expected a list, got {type(clients).__name__}")
    endpoints = reader.members(top.get("endpoints"), "$.endpoints")
    urls = {name: reader.string(url, f"$.endpoints.{name}") for name, url in endpoints.items()}
    return ConfigurationFile(
        path=path,
        default_client_id=reader.name(top.get("defaultclientid"), "$.defaultClientId"),
        clients=tuple(reader.client(each, f"$.clients[{at}]") for at, each in enumerate(clients)),
        endpoints={name: url for name, url in urls.items() if url},
        ruby_default=reader.name(top.get("defaultclient"), "$.defaultClient"),
        certificates=reader.certificates(top.get("tls"), "$.tls"),
    )


def is_name(name: str) -> bool:
    """True for what may name a client or a configuration: not empty, not long, one line that can be written."""
    return bool(name.strip()) and len(name) <= LONGEST_NAME and name.isprintable()


def check_name(name: object, member: str) -> str:
    """``name``, if it may be one. Raises ConfigurationError, which does not show it: it may be a secret."""
    if not isinstance(name, str):
        raise ConfigurationError(f"{member} must be a string, not {type(name).__name__}.", member=member)
    if not name.strip():
        raise ConfigurationError(f"{member} is empty.", member=member)
    if not is_name(name):
        raise ConfigurationError(
            f"{member} is not a name: it has more than {LONGEST_NAME} characters, or one that cannot be printed.",
            member=member,
        )
    return name


class _Reader:
    """Checks the members of one file. Their names may be in any letter case, as for .NET."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def broken(self, member: str, reason: str) -> ConfigurationError:
        return ConfigurationError(f"{self._path}: {member}: {reason}.", place=str(self._path), member=member)

    def members(self, value: object, member: str) -> Mapping[str, object]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.broken(member, f"expected an object, got {type(value).__name__}")
        return {str(key).casefold(): item for key, item in reversed(value.items())}  # of two spellings the first

    def string(self, value: object, member: str) -> str | None:
        if value is not None and not isinstance(value, str):
            raise self.broken(member, f"expected a string, got {type(value).__name__}")
        if value and any("\ud800" <= character <= "\udfff" for character in value):
            raise self.broken(member, "it has a character that is half of one (a surrogate)")
        return value or None

    def name(self, value: object, member: str) -> str | None:
        name = self.string(value, member)
        if name is not None and not is_name(name):
            raise self.broken(member, f"it is not a name of at most {LONGEST_NAME} characters")
        return name

    def certificates(self, value: object, member: str) -> Certificates | None:
        tls = self.members(value, member)
        ca_file, fingerprint = (self.string(tls.get(name), f"{member}.{name}") for name in ("cafile", "fingerprint"))
        return certificates(ca_file, fingerprint, str(self._path))

    def client(self, value: object, member: str) -> StoredClient:
        entry = self.members(value, member)
        client_id = self.name(entry.get("id"), f"{member}.id")
        if client_id is None:
            raise self.broken(f"{member}.id", "a client needs an id")
        name = self.string(entry.get("name"), f"{member}.name")
        return StoredClient(client_id, name, entry.get("isdefault") is True)
