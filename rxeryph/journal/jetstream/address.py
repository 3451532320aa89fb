"""Where a ``NatsJournal`` is: its URL, taken apart, and without the password wherever it may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from ...arguments import described
from ...errors import ConfigurationError

SCHEMES = {"nats": "nats", "nats+tls": "tls", "tls": "tls"}
"""The schemes of a URL, with what nats-py calls them."""

FORMS = 'a URL such as "nats://broker:4222", or "nats+tls://user:password@broker:4222/name"'

NAME = "rxeryph"
PORT = 4222


@dataclass(frozen=True, slots=True)
class Address:
    """The servers of a broker, who to be there, and which of its journals it is."""

    servers: tuple[str, ...]
    name: str
    is_tls: bool
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """What to call the journal where people see it."""
        first, *others = self.servers
        servers = ",".join([first, *(each.partition("//")[2] for each in others)])
        return f"{servers}/{self.name}"


def is_address(url: str) -> bool:
    """True if ``url`` has a scheme of this engine."""
    return url.partition("://")[0].lower() in SCHEMES


def parse(url: str) -> Address:
    """Take ``url`` apart. Raises ConfigurationError."""
    try:
        first, *others = url.split(",")
        parts = urlsplit(first)
        path, servers = parts.path, [_server(parts)]
        for each in others:  # of one cluster, with the same user
            more = urlsplit(each if "://" in each else f"{parts.scheme}://{each}")
            if more.scheme != parts.scheme or path:
                raise ValueError
            path = more.path
            servers.append(_server(more))
    except (ValueError, AttributeError, KeyError, TypeError):
        raise _wrong(url) from None
    name = path.removeprefix("/") or NAME
    if not re.fullmatch("[A-Za-z0-9_-]+", name):
        raise _wrong(url)
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    is_tls = SCHEMES[parts.scheme] == "tls"
    if password is None:
        return Address(tuple(servers), name, is_tls, token=user)
    return Address(tuple(servers), name, is_tls, user, password)


def without_secrets(url: str) -> str:
    """``url`` as people may see it: without whatever may be a user, a password or a token."""
    scheme = (re.match("[A-Za-z0-9+.-]+://", url) or ("",))[0]
    place = re.split("[?#]", url.removeprefix(scheme), maxsplit=1)[0]
    query = url[len(scheme + place) :]
    if "@" in query:  # what is before it may be a part of a password
        return f"{scheme}..."
    if scheme.lower() != "sqlite://" or not place.startswith("/"):
        place = place.rpartition("@")[2]
    return f"{scheme}{place}{query and f'{query[0]}...'}"


def shown_url(url: object) -> str:
    """What an error shows in place of ``url``, which may be anything."""
    return described(without_secrets(url) if isinstance(url, str) else url)


def _server(parts: SplitResult) -> str:
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{SCHEMES[parts.scheme]}://{host}:{parts.port or PORT}"


def _wrong(url: object) -> ConfigurationError:
    message = f"A journal at a NATS broker has {FORMS}, not {shown_url(url)}."
    return ConfigurationError(message, member="journal")
