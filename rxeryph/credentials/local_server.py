"""A server on this machine: eryph-zero, or a local identity server, found by its lock file.

While it runs, the file ``.lock`` names its process and its endpoints; eryph-zero takes a new port at every start.
The key of its built-in client ``system-client`` is in the same folder, readable by administrators only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError
from ..reading import read_json
from .client_credentials import ClientCredentials
from .environment import Environment, Unavailable, check_absent

SYSTEM_CLIENT = "system-client"
LARGEST_PROCESS_ID = 2**32 - 1

PROVIDERS: Mapping[str, tuple[str, ...]] = {"zero": ("zero",), "local": ("local", "identity")}
"""The folders of a configuration's server; for ``local`` the Ruby client's, then that of .NET."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A running server: its ``folder``, and its endpoints as its lock file spells them."""

    configuration: str
    folder: Path
    endpoints: Mapping[str, str]


def find_server(
    configuration: str, environment: Environment, note: Callable[[Path, str], None]
) -> LocalServer | None:
    """The running server of ``zero`` or ``local``, None if there is none; ``note`` gets the reason for each place."""
    for base in environment.server_folders():
        for provider in PROVIDERS.get(configuration.casefold(), ()):
            folder = base / provider
            try:
                endpoints = _running(folder / ".lock", environment)
            except Unavailable as reason:
                note(folder / ".lock", str(reason))
            else:
                return LocalServer(configuration.casefold(), folder, endpoints)
    return None


def system_client(server: LocalServer, environment: Environment) -> ClientCredentials:
    """The built-in client of a server, for administrators.

    Raises Unavailable if this user may not use it, ConfigurationError for a key that cannot be used.
    """
    platform = environment.platform
    if platform == "macos" or (server.configuration == "zero" and platform != "windows"):
        raise Unavailable(f"the {SYSTEM_CLIENT} of {server.configuration} does not exist on {platform}")
    identity = server.endpoints.get("identity")
    if identity is None:
        raise Unavailable("the server is still starting: its lock file names no identity endpoint")
    file = server.folder / "private" / "clients" / f"{SYSTEM_CLIENT}.key"
    try:
        content = environment.read(file)
    except PermissionError:
        who = "an Administrator (an elevated prompt)" if platform == "windows" else "root"
        raise Unavailable(f"the key of {SYSTEM_CLIENT} is readable by {who} only: {file}") from None
    except OSError as error:
        check_absent(error)
        raise Unavailable(f"there is no {file}") from None
    except ValueError as error:
        raise ConfigurationError(f"{file}: {error}.", place=str(file)) from None
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"-----BEGIN"):
        content = _decrypt(content, identity, file, environment)
    return ClientCredentials.of_key(SYSTEM_CLIENT, content, str(file))


def _decrypt(blob: bytes, identity: str, file: Path, environment: Environment) -> bytes:
    if environment.platform != "windows":
        raise ConfigurationError(f"{file}: not an unencrypted PEM private key.", place=str(file))
    # The entropy is the endpoint: as the server spells it, with the slash that .NET adds, or none (older servers).
    spellings = dict.fromkeys((identity, identity.rstrip("/"), identity.rstrip("/") + "/"))
    for entropy in (*(each.encode() for each in spellings), None):
        try:
            return environment.unprotect(blob, entropy)
        except OSError:
            continue
    raise ConfigurationError(
        f"{file}: Windows cannot decrypt it for the server at {identity}. It was made for another endpoint or"
        " machine. Restart the server to get a new one.",
        place=str(file),
    )


def _running(lock: Path, environment: Environment) -> Mapping[str, str]:
    """The endpoints in a lock file whose process is running. Raises Unavailable."""
    try:
        text = environment.text_of(lock)
    except ConfigurationError as error:
        raise Unavailable(str(error)) from None
    if text is None:
        raise Unavailable("not there, so no server is running")
    try:
        data = read_json(text)
    except ValueError:
        raise Unavailable("not JSON; the server may be starting") from None
    if not isinstance(data, dict):
        raise Unavailable("not a JSON object")
    name, process_id = data.get("processName"), data.get("processId")
    if not isinstance(name, str) or not isinstance(process_id, int) or not 0 < process_id <= LARGEST_PROCESS_ID:
        raise Unavailable("it names no process")
    running = environment.process_name(process_id)
    if running is None:
        raise Unavailable(f"left over: there is no process {process_id} ({name})")
    if running and _program(running) != _program(name):
        raise Unavailable(f"left over: process {process_id} is {running}, not {name}")
    endpoints = data.get("endpoints")
    if not isinstance(endpoints, dict) or not endpoints:
        raise Unavailable("the server is still starting: no endpoints in it yet")
    return {str(name).casefold(): url for name, url in endpoints.items() if isinstance(url, str)}


def _program(name: str) -> str:
    """A process name in a form that can be compared; Linux keeps 15 characters of it."""
    return name.casefold().removesuffix(".exe")[:15]
