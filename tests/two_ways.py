"""The same tests otherwise: lists answer all polls (``--batching=always``), all is journaled (``--journal=nats``)."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from rxeryph import journal
from rxeryph.journal import Journal
from rxeryph.journal.access import Access
from rxeryph.journal.source import JournaledSource
from rxeryph.model import Operation
from rxeryph.polling import (
    Ask,
    Batcher,
    Batching,
    Chooser,
    Engine,
    Fetch,
    Listing,
    PollingSettings,
    PollingSource,
    Source,
    asking,
)
from rxeryph.tracking import Known

OPTION, JOURNAL = "--batching", "--journal"
_chosen = Batching.AUTOMATIC
_engine: str | None = None
_urls: Iterator[str] = iter(())
_journals: list[Journal] = []
_names = itertools.count()


def choose(config: pytest.Config) -> None:
    """Take the ways that the command line names."""
    global _chosen, _engine
    _chosen = Batching(config.getoption(OPTION))
    _engine = config.getoption(JOURNAL)


def engine_of_journals() -> str | None:
    """``sqlite`` or ``nats`` if all streams are journaled."""
    return _engine


@contextmanager
def journals(broker: str | None) -> Iterator[str]:
    """Journals of one test, which are closed afterwards; the URL of one for its connections."""
    global _urls
    with tempfile.TemporaryDirectory() as folder:
        place = f"sqlite:///{folder}" if broker is None else broker
        _urls = (f"{place}/journal-{name}" for name in _names)
        try:
            yield next(_urls)
        finally:
            while _journals:
                _journals.pop().close()


def uses_lists() -> bool:
    """True if lists answer all polls."""
    return _chosen is Batching.ALWAYS


def chooser(batching: Batching, workers: int) -> Chooser:
    """In place of ``Chooser`` in ``connect``: the command line's way, unless the test asks for one itself."""
    return Chooser(_chosen if batching is Batching.AUTOMATIC else batching, workers)


def ask_for(name: str, fetch: Fetch, engine: Engine) -> Ask:
    """The ``Ask`` of one operation, whose snapshots ``fetch`` returns or raises."""
    if not uses_lists():
        return asking(fetch, engine)
    server = _Server(name, fetch)
    return Batcher(server.list, engine, Chooser(Batching.ALWAYS, workers=8), collect=0.0).member(name, server)


def source_for(name: str, fetch: Fetch, engine: Engine, settings: PollingSettings) -> Source:
    """The source of one operation, whose snapshots ``fetch`` returns or raises."""
    ask = ask_for(name, fetch, engine)
    if _engine is None:
        return PollingSource(name, ask, engine, settings)
    opened = journal.open(next(_urls))
    _journals.append(opened)

    def poll(known: Known, initial: Operation | None) -> PollingSource:
        return PollingSource(name, ask, engine, settings, initial=initial, known=known)

    return JournaledSource(name, Access(opened, engine, settings), poll=poll)


class _Server:
    """Shows one operation in lists; an error of ``fetch`` is what the single poll after that list gets."""

    def __init__(self, name: str, fetch: Fetch) -> None:
        self._name = name
        self._fetch = fetch
        self._numbers = itertools.count()
        self._shown: tuple[bytes, Operation] | None = None
        self._error: BaseException | None = None
        self.date: int | None = None

    def list(self, log_time_stamp: str | None) -> Listing:
        try:
            snapshot = self._fetch(log_time_stamp)
        except BaseException as error:
            self._error = error
            return Listing({})
        if self._shown is None or self._shown[1] is not snapshot:
            self._shown = str(next(self._numbers)).encode(), snapshot
        return Listing({self._name: self._shown[0]})

    def load(self, element: bytes, entries: Sequence[object] | None = None) -> Operation:
        assert self._shown is not None
        return self._shown[1]

    def fetch(self, log_time_stamp: str | None) -> Operation:
        error, self._error = self._error, None
        if error is not None:
            raise error
        return self._fetch(log_time_stamp)
