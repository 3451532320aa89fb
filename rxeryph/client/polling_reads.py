"""The requests that polling repeats: each is prepared once and never retries; the polling engine does that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from functools import cached_property, lru_cache

from ..errors import WireError
from ..http import Reply
from ..model import Operation
from ..model.timestamps import BEGINNING, to_ticks
from ..polling import Elements, Listing
from ..wire import ListSlicer, SnapshotLoader, load_head
from .operations import EVERYTHING
from .transport import Transport

_PATH = "/v1/operations"
_QUERY = "?expand=" + ",".join(EVERYTHING) + "&log_time_stamp="


class SnapshotReader:
    """Reads one operation, by requests of its own and from lists. Not for two threads at once."""

    def __init__(self, transport: Transport, operation_id: str) -> None:
        self._transport = transport
        self.operation_id = operation_id
        self.date: int | None = None
        """When the server sent the last reply to ``fetch``, in ticks of its clock."""
        self._loader = SnapshotLoader()

    def fetch(self, log_time_stamp: str | None) -> Operation:
        """A snapshot with the log entries later than ``log_time_stamp`` (None: all), by one request."""
        url = self._transport.url(self._path)
        reply = self._ask(_QUERY + (log_time_stamp or BEGINNING))
        self.date = _date_of(reply)
        snapshot = self._loader.load(reply.body, url)
        if snapshot.id != self.operation_id:
            raise WireError(
                f"The reply from {url} shows the operation {snapshot.id} instead of the one that was asked for.",
                path="$.id",
                expected=self.operation_id,
                got=snapshot.id,
                url=url,
            )
        return snapshot

    def load(self, text: bytes, entries: Sequence[object] | None = None) -> Operation:
        """The snapshot in an element of a list. Raises WireError. See ``SnapshotLoader.load_element``."""
        return self._loader.load_element(text, self._transport.url(_PATH), entries)

    @property
    def _path(self) -> str:
        return f"{_PATH}/{self.operation_id}"

    @cached_property
    def _ask(self) -> Callable[[str], Reply]:  # made for the first request: an operation that lists show needs none
        return self._transport.requester("GET", self._path)


class ListReader:
    """Lists all operations, each time with one request. Not for two threads at once."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._slicer = ListSlicer()

    def fetch(self, log_time_stamp: str | None) -> Listing:
        """The operations with their collections, and the log entries later than ``log_time_stamp`` (None: all)."""
        return self._read(_QUERY + (log_time_stamp or BEGINNING))

    def fetch_heads(self) -> Elements:
        """The operations without their collections."""
        return self._read("").elements

    def load_head(self, text: bytes) -> Operation:
        """The operation in an element of a list, without its collections. Raises WireError."""
        return load_head(text, self._transport.url(_PATH))

    def _read(self, query: str) -> Listing:
        reply = self._ask(query)
        slices = self._slicer.cut(reply.body, self._transport.url(_PATH))
        return Listing(slices.elements, slices.newest, _date_of(reply), slices.entries)

    @cached_property
    def _ask(self) -> Callable[[str], Reply]:
        return self._transport.requester("GET", _PATH)


def _date_of(reply: Reply) -> int | None:
    """When the server sent a reply, by its own clock, in ticks."""
    return _ticks(reply.headers.get("date", ""))


@lru_cache(maxsize=16)  # many replies come in the same second
def _ticks(date: str) -> int | None:
    try:
        return to_ticks(parsedate_to_datetime(date))
    except (TypeError, ValueError, OverflowError):
        return None
