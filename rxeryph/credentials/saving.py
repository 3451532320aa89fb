"""Storing a client, its key and its endpoints in the form that the other clients read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..errors import ConfigurationError
from .client_credentials import load_key
from .endpoints import check_url
from .environment import Environment, Unavailable, this_machine
from .local_server import PROVIDERS, SYSTEM_CLIENT
from .stores import check_file_name, read_configuration, stores_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


def save(
    configuration: str,
    client_id: str,
    private_key: str,
    *,
    name: str | None = None,
    identity_endpoint: str | None = None,
    compute_endpoint: str | None = None,
    is_default: bool | None = None,
    store: str = "user",
    allow_http: bool = False,
    environment: Environment | None = None,
) -> Path:
    """Store a client and its key (PEM or path), so that every eryph client finds it. Returns the configuration file.

    The key is written as PKCS#1, readable by its owner only. Everything else in the configuration stays as it is,
    other clients above all. ``is_default`` None: the first client stored becomes the default. ``store`` is
    ``current directory``, ``user`` or ``system``. The endpoints are not stored for ``zero`` and ``local``, because
    their lock file names them. Each file is replaced as a whole.

    Raises ConfigurationError for a key that cannot be used, the id ``system-client``, an endpoint other than the one
    stored for the clients already there, and a file that is broken or being written by another process.
    """
    environment = environment or this_machine()
    check_file_name(configuration)
    _check_client_id(client_id)
    key = load_key(private_key)
    urls = {"identity": identity_endpoint, "compute": compute_endpoint}
    endpoints = _check_endpoints(configuration, urls, allow_http)
    target = next((each for each in stores_of(environment) if each.name == store), None)
    if target is None:
        raise ConfigurationError(f"store={store!r} is none of current directory, user, system.", member="store")
    try:
        stored = read_configuration(target, configuration, environment)
        file = stored.path if stored else target.folder / f"{configuration}.config"
        with _Replacement(file, 0o644) as replacement:
            data = json.loads(environment.text_of(file) or "{}")
            _add_client(data, client_id, name, is_default)
            _add_endpoints(data, endpoints, file)
            with _Replacement(target.folder / "private" / f"{client_id}.key", 0o600) as key_file:
                key_file.commit(_pkcs1(key))
            replacement.commit(json.dumps(data, indent=2, ensure_ascii=False).encode() + b"\n")
    except Unavailable as reason:
        raise ConfigurationError(f"{target.folder} cannot be changed: {reason}.", place=str(target.folder)) from None
    except OSError as error:
        place = error.filename or target.folder
        raise ConfigurationError(f"{place} cannot be written: {error.strerror}.", place=str(place)) from error
    return file


def _check_client_id(client_id: str) -> None:
    if client_id.casefold() == SYSTEM_CLIENT:
        raise ConfigurationError(
            f"{SYSTEM_CLIENT} belongs to the server, which changes its key; store another client.",
            member="client_id",
        )
    check_file_name(client_id, "client_id")  # it becomes the name of its key file


def _check_endpoints(configuration: str, urls: Mapping[str, str | None], allow_http: bool) -> Mapping[str, str]:
    """The endpoints to store, by service."""
    checked = {
        service: check_url(url, f"{service}_endpoint", allow_http) for service, url in urls.items() if url is not None
    }
    return {} if configuration.casefold() in PROVIDERS else checked


def _add_client(data: dict[str, Any], client_id: str, name: str | None, is_default: bool | None) -> None:
    clients = data.setdefault(_spelling(data, "clients"), None) or []
    data[_spelling(data, "clients")] = clients
    entry = next(
        (each for each in clients if str(each.get(_spelling(each, "id"))).casefold() == client_id.casefold()), None
    )
    if entry is None:
        entry = {"id": client_id}
        clients.append(entry)
    if name is not None:
        entry[_spelling(entry, "name")] = name
    default = _spelling(data, "defaultClientId")
    if is_default or (is_default is None and not data.get(default)):
        data[default] = client_id


def _add_endpoints(data: dict[str, Any], endpoints: Mapping[str, str], file: Path) -> None:
    if not endpoints:
        return
    stored = data.get(_spelling(data, "endpoints")) or {}
    data[_spelling(data, "endpoints")] = stored
    for service, url in endpoints.items():
        member = _spelling(stored, service)
        other = stored.get(member)
        if other and other.rstrip("/") != url:
            raise ConfigurationError(
                f"{file}: its clients belong to the server at {other}, not to {url}. Use another name for this one.",
                place=str(file),
                member=f"$.endpoints.{service}",
            )
        stored[member] = url


def _spelling(data: Mapping[str, object], name: str) -> str:
    """A member's name as it is already spelled in ``data``; .NET reads it in any letter case."""
    return next((each for each in data if each.casefold() == name.casefold()), name)


def _pkcs1(key: RSAPrivateKey) -> bytes:
    """The key in the one format that all clients read."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


class _Replacement:
    """A new file beside its target, which then replaces the target; while it exists, no other process writes."""

    def __init__(self, target: Path, mode: int) -> None:
        self._target = target
        self._mode = mode
        self._new = target.with_name(f"{target.name}.new")

    def __enter__(self) -> Self:
        self._new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode))
        except FileExistsError:
            raise ConfigurationError(
                f"{self._new} exists: another process is writing {self._target.name}. Try again, or delete the file"
                " if it is left over.",
                place=str(self._new),
            ) from None
        return self

    def commit(self, content: bytes) -> None:
        with open(self._new, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._new, self._target)

    def __exit__(self, *ending: object) -> None:
        self._new.unlink(missing_ok=True)
