"""Storing a client, its key and its endpoints in the form that the other clients read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError
from ..reading import read_json
from .certificates import to_store
from .client_credentials import load_key
from .configurations import check_name
from .endpoints import check_url, is_same_url
from .environment import Environment, Unavailable, this_machine
from .local_server import PROVIDERS, SYSTEM_CLIENT
from .replacing import only_writer, replace_file
from .stores import Store, check_file_name, read_configuration, stores_of
from .trust import Trust

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
    ca_file: str | None = None,
    fingerprint: str | None = None,
    is_default: bool | None = None,
    store: str = "user",
    allow_http: bool = False,
    environment: Environment | None = None,
) -> Path:
    """Store a client and its key (PEM or path), so that every eryph client finds it. Returns the configuration file.

    The key is written as PKCS#1, readable by its owner only. Everything else in the configuration stays as it is,
    other clients above all. ``is_default`` None: the first client stored becomes the default. ``store`` is
    ``current directory``, ``user`` or ``system``. The endpoints are not stored for ``zero`` and ``local``, because
    their lock file names them. ``ca_file`` or ``fingerprint`` says which certificates the server may show; both None
    leave what is stored.

    Each file is replaced as a whole, through symlinks, and keeps its owner and mode; only a key loses what others
    could do with it. Processes that save at the same time wait for each other, at most 10 s.

    Raises ConfigurationError for a key that cannot be used, the id ``system-client``, an endpoint other than the one
    stored for the clients already there, a file that is broken, and when another process does not finish.

    Long because it names and explains each of its arguments.
    """
    environment = environment or this_machine()
    check_file_name(configuration)
    _check_client_id(client_id)
    key = load_key(private_key)
    urls = {"identity": identity_endpoint, "compute": compute_endpoint}
    endpoints = _check_endpoints(configuration, urls, allow_http)
    tls = to_store(ca_file, fingerprint)
    target = _store(store, environment)
    try:
        keys = target.folder / "private"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        with only_writer(target.folder):
            file, data = _read(target, configuration, environment)
            _add_client(data, client_id, name, is_default)
            _add_endpoints(data, endpoints, file)
            if tls:
                data[_spelling(data, "tls")] = tls
            # What is half a character in the file stays one, spelled as JSON spells it.
            text = json.dumps(data, indent=2, ensure_ascii=False).encode(errors="backslashreplace")
            replace_file(keys / f"{client_id}.key", _pkcs1(key), 0o600, most=0o600)
            replace_file(file, text + b"\n", 0o644)
    except Unavailable as reason:
        raise ConfigurationError(f"{target.folder} cannot be changed: {reason}.", place=str(target.folder)) from None
    except OSError as error:
        place = error.filename or target.folder
        raise ConfigurationError(f"{place} cannot be written: {error.strerror}.", place=str(place)) from error
    return file


def _read(target: Store, configuration: str, environment: Environment) -> tuple[Path, dict[str, Any]]:
    """The file of a configuration and its content, which is checked; an empty one if there is no such file yet."""
    stored = read_configuration(target, configuration, environment)
    file = stored.path if stored else target.folder / f"{configuration}.config"
    data = read_json(environment.text_of(file) or "{}")
    return file, data if isinstance(data, dict) else {}


def _store(name: str, environment: Environment) -> Store:
    """A store by its name, also while its folder is the current directory's too."""
    trust = {"current directory": Trust.CURRENT_DIRECTORY, "user": Trust.USER, "system": Trust.SYSTEM}.get(name)
    stores = stores_of(environment)
    for store in (*(each for each in stores if each.name == name), *(each for each in stores if each.trust == trust)):
        return store
    raise ConfigurationError("store must be current directory, user or system.", member="store")


def _check_client_id(client_id: str) -> None:
    check_name(client_id, "client_id")
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
        if other and not is_same_url(other, url):
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
