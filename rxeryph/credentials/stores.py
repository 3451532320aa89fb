"""Stores: the folders ``.eryph`` that hold configurations and keys, and how they add up.

The current directory's store wins over the user's, and that over the system's. A configuration is the sum of the
files ``<name>.config`` of all stores: the first default client, the first entry of each client, and the first
endpoint of each name count. A key may lie in any store; that of a store which lists the client is taken first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError
from .environment import Environment, check_absent

FOLDER = ".eryph"


@dataclass(frozen=True, slots=True)
class Store:
    """One folder; ``name`` is the current directory, user or system."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class StoredClient:
    """A client a configuration lists."""

    id: str
    name: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class StoredConfiguration:
    """One file ``<name>.config``."""

    file: Path
    store: Store
    default_client_id: str | None
    clients: tuple[StoredClient, ...]
    endpoints: Mapping[str, str]
    ruby_default: str | None = None
    """``defaultClient``, which the Ruby client writes and reads nowhere."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All files of one name, the one that counts most first."""

    name: str
    parts: tuple[StoredConfiguration, ...] = ()

    @property
    def default_client_id(self) -> str | None:
        """The client to be when nobody says which: a default id, else an entry marked so, else Ruby's spelling."""
        marked = (client.id for client in self.clients() if client.is_default)
        ids = (part.default_client_id for part in self.parts)
        ruby = (part.ruby_default for part in self.parts)
        return next((each for each in (*ids, *marked, *ruby) if each), None)

    def clients(self) -> Iterator[StoredClient]:
        """The clients, each once."""
        seen = set()
        for part in self.parts:
            for client in part.clients:
                if client.id.casefold() not in seen:
                    seen.add(client.id.casefold())
                    yield client

    def client(self, client_id: str) -> StoredClient | None:
        """The entry of a client."""
        return next((client for client in self.clients() if _is_same(client.id, client_id)), None)

    def endpoint(self, name: str) -> tuple[str, Path] | None:
        """An endpoint and the file it stands in."""
        return next(((part.endpoints[name], part.file) for part in self.parts if part.endpoints.get(name)), None)


def stores_of(environment: Environment) -> tuple[Store, ...]:
    """The stores of a machine, the one that counts most first, whether they exist or not."""
    bases = [
        ("current directory", environment.directory),
        *(("user", folder) for folder in environment.user_folders()),
        *(("system", folder) for folder in environment.system_folders()),
    ]
    found: dict[Path, Store] = {}
    for name, base in bases:
        found.setdefault(base / FOLDER, Store(name, base / FOLDER))
    return tuple(found.values())


def check_name(name: str, member: str = "configuration") -> str:
    """The name of a configuration or a client id, if it can be part of a file's name. Raises ConfigurationError."""
    if not name.strip() or name != name.strip() or set(name) & set('/\\:*?"<>|\0') or name.startswith("."):
        raise ConfigurationError(f"{member}={name!r} cannot be part of a file's name.", member=member)
    return name


def read_configuration(store: Store, name: str, environment: Environment) -> StoredConfiguration | None:
    """A store's part of a configuration, None when it has none.

    Raises NotHere when it may not be read and ConfigurationError for a file that is broken.
    """
    file = _find(store.folder, f"{name}.config", environment)
    text = environment.text_of(file) if file else None
    return None if file is None or text is None else _parse(text, file, store)


def find_key(
    client_id: str, configuration: Configuration, stores: Sequence[Store], environment: Environment
) -> Path | None:
    """The file with a client's key: in a store that lists the client, else in any other."""
    listing = [
        part.store for part in configuration.parts if any(_is_same(client.id, client_id) for client in part.clients)
    ]
    for store in (*listing, *(store for store in stores if store not in listing)):
        file = _find(store.folder / "private", f"{client_id}.key", environment)
        if file is not None:
            return file
    return None


def _find(folder: Path, name: str, environment: Environment) -> Path | None:
    """A file in a folder, in any letter case, that very spelling first."""
    try:
        names = sorted(each.name for each in folder.iterdir())
    except OSError as error:
        check_absent(error)
        return None
    same = [each for each in names if _is_same(each, name)]
    return folder / (name if name in same else same[0]) if same else None


def _is_same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _parse(text: str, file: Path, store: Store) -> StoredConfiguration:
    def broken(member: str, reason: str) -> ConfigurationError:
        return ConfigurationError(f"{file}: {member}: {reason}.", place=str(file), member=member)

    def members(value: object, path: str) -> Mapping[str, object]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise broken(path, f"expected an object, got {type(value).__name__}")
        return {str(key).casefold(): item for key, item in reversed(value.items())}  # of two spellings the first

    def string(value: object, path: str) -> str | None:
        if value is not None and not isinstance(value, str):
            raise broken(path, f"expected text, got {type(value).__name__}")
        return value or None

    def client(value: object, path: str) -> StoredClient:
        entry = members(value, path)
        client_id = string(entry.get("id"), f"{path}.id")
        if client_id is None:
            raise broken(f"{path}.id", "a client needs an id")
        return StoredClient(client_id, string(entry.get("name"), f"{path}.name"), entry.get("isdefault") is True)

    try:
        data = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{file}: not JSON: {error}.", place=str(file)) from error
    whole = members(data, "$")
    clients = [] if whole.get("clients") is None else whole["clients"]
    if not isinstance(clients, list):
        raise broken("$.clients", f"expected a list, got {type(clients).__name__}")
    endpoints = members(whole.get("endpoints"), "$.endpoints")
    urls = {name: string(url, f"$.endpoints.{name}") for name, url in endpoints.items()}
    return StoredConfiguration(
        file=file,
        store=store,
        default_client_id=string(whole.get("defaultclientid"), "$.defaultClientId"),
        clients=tuple(client(each, f"$.clients[{at}]") for at, each in enumerate(clients)),
        endpoints={name: url for name, url in urls.items() if url},
        ruby_default=string(whole.get("defaultclient"), "$.defaultClient"),
    )
