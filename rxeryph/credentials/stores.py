"""Stores: the folders ``.eryph`` with configurations and keys.

The current directory's store wins over the user's, and that one over the system's. A configuration combines the
files ``<name>.config`` of all stores: the first default client, the first entry of each client, and the first
endpoint of each service count. A key may be in any store; the stores that list its client are searched first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ConfigurationError
from .configurations import ConfigurationFile, StoredConfiguration, check_name, parse_configuration
from .environment import Environment, check_absent
from .trust import Source, Trust

FOLDER = ".eryph"


@dataclass(frozen=True, slots=True)
class Store:
    """One folder; ``name`` is ``current directory``, ``user`` or ``system``."""

    name: str
    folder: Path
    trust: Trust


def stores_of(environment: Environment) -> tuple[Store, ...]:
    """The stores of a machine in order of precedence, whether they exist or not."""
    bases = [
        ("current directory", environment.directory, Trust.CURRENT_DIRECTORY),
        *(("user", folder, Trust.USER) for folder in environment.user_folders()),
        *(("system", folder, Trust.SYSTEM) for folder in environment.system_folders()),
    ]
    found: dict[Path, Store] = {}
    for name, base, trust in bases:
        folder = base / FOLDER
        earlier = found.get(folder)  # the current directory may be the user's folder
        found[folder] = (
            Store(name, folder, trust) if earlier is None else replace(earlier, trust=max(trust, earlier.trust))
        )
    return tuple(found.values())


def source_of(file: Path, stores: Sequence[Store]) -> Source:
    """A file of a store, and how much that store is trusted."""
    return Source(str(file), max(store.trust for store in stores if file.is_relative_to(store.folder)))


def check_file_name(name: str, member: str = "configuration") -> str:
    """``name``, which becomes part of a file's name. Raises ConfigurationError, not showing it, if it cannot."""
    check_name(name, member)
    if name != name.strip() or set(name) & set('/\\:*?"<>|') or name.startswith("."):
        raise ConfigurationError(
            f"{member} cannot be part of a file's name: it begins with a dot, has spaces around it, or one of"
            ' / \\ : * ? " < > | in it.',
            member=member,
        )
    return name


def read_configuration(store: Store, name: str, environment: Environment) -> ConfigurationFile | None:
    """A store's file of a configuration, None if there is none.

    Raises Unavailable when it may not be read and ConfigurationError for a file that is broken.
    """
    path = _find(store.folder, f"{name}.config", environment)
    text = environment.text_of(path) if path else None
    return None if path is None or text is None else parse_configuration(text, path)


def find_key(
    client_id: str, configuration: StoredConfiguration, stores: Sequence[Store], environment: Environment
) -> Path | None:
    """The file with a client's key: in a store that lists the client, else in any other."""
    listing = {file.path.parent for file in configuration.files if file.client(client_id)}
    for store in sorted(stores, key=lambda store: store.folder not in listing):
        key = _find(store.folder / "private", f"{client_id}.key", environment)
        if key is not None:
            return key
    return None


def _find(folder: Path, name: str, environment: Environment) -> Path | None:
    """A file in a folder, in any letter case; the exact spelling wins."""
    try:
        names = sorted(each.name for each in folder.iterdir())
    except OSError as error:
        check_absent(error)
        return None
    same = [each for each in names if each.casefold() == name.casefold()]
    return folder / (name if name in same else same[0]) if same else None
