"""Which proxy leads to a server: what the environment and the operating system say, read once."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from ..errors import ConfigurationError
from .trust import is_loopback


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and what it must be shown to let a request pass."""

    scheme: str
    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers meant for the proxy alone."""
        return {} if self.authorization is None else {"Proxy-Authorization": self.authorization}


class Proxies:
    """The proxies of ``HTTP_PROXY``, ``HTTPS_PROXY`` and ``ALL_PROXY``, or those of Windows and macOS.

    None is used for this machine, nor for what ``NO_PROXY`` lists: names with all below them, addresses, networks
    such as ``10.0.0.0/8``, each with a port if only that one is meant, and ``*`` for everything.
    """

    def __init__(self) -> None:
        settings = getproxies()
        self._urls = {scheme: settings[scheme] for scheme in ("http", "https", "all") if settings.get(scheme)}
        self._direct = settings.get("no", "").replace(",", " ").lower().split()

    def find(self, scheme: str, host: str, port: int) -> Proxy | None:
        """The proxy for a server, None if it is reached directly. Raises ConfigurationError for an unusable one."""
        name = scheme if scheme in self._urls else "all"
        url = self._urls.get(name)
        if url is None or is_loopback(host) or self._is_direct(host.rstrip(".").lower(), port):
            return None
        return _parse(url, f"{name.upper()}_PROXY")

    def _is_direct(self, host: str, port: int) -> bool:
        return any(_covers(entry, host, port) for entry in self._direct) or bool(proxy_bypass(host))


def _covers(entry: str, host: str, port: int) -> bool:
    """True when an entry of ``NO_PROXY`` means this server."""
    if entry == "*":
        return True
    name, colon, number = entry.rpartition(":")
    if colon and number.isdecimal() and (":" not in name or name.endswith("]")):
        if int(number) != port:
            return False
        entry = name
    entry = entry.strip("[]")
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        entry = entry.removeprefix("*").strip(".")
        return host == entry or (bool(entry) and host.endswith(f".{entry}"))


def _parse(url: str, variable: str) -> Proxy:
    """A proxy from its URL, which no error shows, because it may hold a password. Raises ConfigurationError."""
    reason = "it has no host"
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port, reason = urlsplit(""), None, None, "it is not a URL"
    if host and any(not character.isprintable() or character.isspace() for character in host):
        host, reason = None, "its host is not a name"
    if host and parts.scheme not in ("http", "https"):
        host, reason = None, f"{parts.scheme} proxies are not supported"
    if not host:
        raise ConfigurationError(
            f"The proxy in {variable} cannot be used: {reason}. Use a URL such as http://proxy.example:3128, or list"
            " the server in NO_PROXY.",
            place=variable,
        )
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
    authorization = f"Basic {base64.b64encode(pair).decode()}" if parts.username is not None else None
    return Proxy(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), authorization)
