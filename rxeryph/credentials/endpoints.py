"""The base URLs of a server's two services, and what such a URL may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from ..http import is_loopback


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The base URLs of the identity and the compute service, without a trailing slash."""

    identity: str
    compute: str

    @classmethod
    def below(cls, base: str) -> Self:
        """Those of a server that has both services below one base URL."""
        base = base.rstrip("/")
        return cls(f"{base}/identity", f"{base}/compute")


def check_url(url: str, member: str, allow_http: bool = False) -> str:
    """``url`` without trailing slashes. Raises ConfigurationError, naming ``member``, if it cannot be an endpoint."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigurationError(f"{member}={url!r} is not a URL: {error}.", member=member) from error
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigurationError(
            f"{member}={url!r} is not an absolute http or https URL such as https://localhost:8000.",
            member=member,
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(f"{member} must be a plain base URL without user, query or fragment.", member=member)
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        raise ConfigurationError(
            f"{member}={url!r} is plain http beyond this machine and would show the token to the network;"
            " use https, or pass allow_http=True.",
            member=member,
        )
    return url.strip().rstrip("/")
