"""The base URLs of a server's two services, and what such a URL may be."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from ..http import is_loopback


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The base URLs of the identity and the compute service, without a trailing slash.

    ``issuer`` is the one that the user named for the identity service; None: it has the origin of ``identity``.
    """

    identity: str
    compute: str
    issuer: str | None = None

    @classmethod
    def below(cls, base: str) -> Self:
        """Those of a server that has both services below one base URL."""
        base = base.rstrip("/")
        return cls(f"{base}/identity", f"{base}/compute")


def check_url(url: object, member: str, allow_http: bool = False) -> str:
    """``url`` without trailing slashes. Raises ConfigurationError, naming ``member``, if it cannot be an endpoint.

    What is no URL is not shown: it may be a key or a secret.
    """
    if not isinstance(url, str):
        raise ConfigurationError(f"{member} must be a string, not {type(url).__name__}.", member=member)
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(f"{member} is not a URL.", member=member) from None
    if parts.scheme not in ("http", "https") or not host or " " in url or not url.isprintable():
        raise ConfigurationError(
            f"{member} is not an absolute http or https URL such as https://localhost:8000.", member=member
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(f"{member} must be a plain base URL without user, query or fragment.", member=member)
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        raise ConfigurationError(
            f"{member}={url!r} is plain http beyond this machine and would show the token to the network;"
            " use https, or pass allow_http=True.",
            member=member,
        )
    return url.rstrip("/")


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL, the same for all spellings of them. Raises ValueError if it has none."""
    parts = urlsplit(url.strip())
    ports = {"http": 80, "https": 443}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError("it is not an absolute http or https URL")
    return parts.scheme, _host(parts.hostname), parts.port or ports[parts.scheme]


def is_same_url(one: str, other: str) -> bool:
    """True for two URLs of the same place, however they are spelled."""
    try:
        same = origin(one) == origin(other)
    except ValueError:
        return one == other
    return same and urlsplit(one.strip()).path.rstrip("/") == urlsplit(other.strip()).path.rstrip("/")


def _host(name: str) -> str:
    """One spelling of a host; all names and addresses of this machine are one host."""
    name = name.rstrip(".").lower()
    if is_loopback(name):
        return "localhost"
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        try:
            return name.encode("idna").decode()
        except UnicodeError:
            return name
