"""``open``: a journal by its URL."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote, urlsplit

from ..errors import ConfigurationError
from .jetstream.address import is_address, shown_url
from .protocol import Journal

FORMS = (
    'a URL such as "sqlite:///operations.db", "sqlite:////var/lib/operations.db" for an absolute path, or'
    ' "nats://broker:4222"'
)


def open(url: str, *, keep: timedelta | None = None) -> Journal:
    """Open the journal at ``url``, and create it if it does not exist. Close it after use.

    Args:
        url: ``sqlite:///`` and the path of a file, as in ``sqlite:///operations.db``. An absolute path has its own
            slash: ``sqlite:////var/lib/operations.db``, ``sqlite:///C:/data/operations.db``. Characters that a URL
            cannot have are written like ``%20``. Or ``nats://``, ``nats+tls://`` or ``tls://`` and a broker, as in
            ``nats://broker:4222``; see ``NatsJournal``, which needs ``rxeryph[nats]``.
        keep: How long to keep an operation after its last record; None: for ever. See ``SqliteJournal``.

    Raises ConfigurationError for a URL that no journal has, and what the journal itself raises when it is opened.
    """
    if not isinstance(url, str):
        raise _wrong(url)
    if is_address(url):
        from .nats import NatsJournal

        return NatsJournal(url, keep=keep)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _wrong(url) from None
    path = unquote(parts.path[1:])
    if parts.scheme != "sqlite" or "://" not in url or parts.netloc or parts.query or parts.fragment or not path:
        raise _wrong(url)
    from .sqlite import SqliteJournal  # which loads sqlite3

    return SqliteJournal(path, keep=keep)


def _wrong(url: object) -> ConfigurationError:
    return ConfigurationError(f"A journal has {FORMS}, not {shown_url(url)}.", member="journal")
