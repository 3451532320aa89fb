"""The requests that polling repeats: each is prepared once and never retries; the polling engine does that."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Operation
from ..wire import ListLoader, SnapshotLoader
from .checks import check_id
from .operations import BEGINNING, EVERYTHING
from .transport import Transport


def snapshot_reader(transport: Transport, operation_id: str) -> Callable[[str | None], Operation]:
    """A function from ``log_time_stamp`` to a snapshot of one operation: one request per call.

    None asks for all log entries. Not for two threads at once.
    """
    path = f"/v1/operations/{check_id(operation_id, 'operation_id')}"
    url = transport.url(path)
    ask = transport.requester("GET", path)
    loader = SnapshotLoader()
    query = "?expand=" + ",".join(EVERYTHING) + "&log_time_stamp="
    return lambda log_time_stamp: loader.load_data(ask(query + (log_time_stamp or BEGINNING)), url)


def operation_lister(transport: Transport) -> Callable[[], tuple[Operation, ...]]:
    """A function that lists all operations, without their collections: one request per call.

    An operation that has not changed since the last list is the same object again. Not for two threads at once.
    """
    path = "/v1/operations"
    url = transport.url(path)
    ask = transport.requester("GET", path)
    loader = ListLoader()
    return lambda: loader.load(ask(""), url)
