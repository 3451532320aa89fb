"""Many operations polled together in virtual time: a server that shows each by itself and all in lists."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reactivex.abc import SchedulerBase
from reactivex.testing import TestScheduler

from rxeryph.errors import NotFoundError, WireError
from rxeryph.model import Operation
from rxeryph.model.timestamps import TICKS_PER_SECOND, parse_ticks
from rxeryph.polling import (
    Batcher,
    Batching,
    Chooser,
    Done,
    Engine,
    Listing,
    PollingSettings,
    PollingSource,
    fixed,
)
from tests.observing import Spy
from tests.unit.polling.virtual import BUDGET, join
from tests.unit.samples import api

See = Callable[[str, float, str | None], Operation]
"""What the server shows of an operation, at a second, of the log entries later than a time."""


@dataclass
class Trouble:
    """What happens to lists and single polls, each with its chance."""

    fails: float = 0.0
    """A list fails."""
    leaves_out: float = 0.0
    """An operation is missing in a list."""
    breaks: float = 0.0
    """An element of a list cannot be read."""
    rewrites: float = 0.0
    """An element is written in another way, although it means the same."""
    late: float = 0.0
    """Seconds that a list, and a single poll, takes at most."""
    chance: random.Random = field(default_factory=lambda: random.Random(0))

    def __call__(self, chance: float) -> bool:
        return self.chance.random() < chance


class Together:
    """Sources that share a batcher, and the server's part: ``see`` answers for one operation."""

    def __init__(
        self,
        names: tuple[str, ...],
        see: See,
        batching: Batching = Batching.ALWAYS,
        trouble: Trouble | None = None,
        costs: tuple[float, float] = (0.0, 0.0),
        began: int | None = None,
        **settings: Any,
    ) -> None:
        self.scheduler = TestScheduler()
        self.names = names
        self.see = see
        self.trouble = trouble or Trouble()
        self.alone: list[tuple[float, str, str | None]] = []
        """Single polls: when, of which operation, from which time on."""
        self.lists: list[tuple[float, str | None]] = []
        self.asks: Counter[str] = Counter()
        """How often each operation asked."""
        self.missing: set[str] = set()
        """What lists do not show."""
        self.unreadable: set[str] = set()
        """What lists show in a form that cannot be read."""
        self.wrong: list[str] = []
        """Of which operations more than the log entries had changed, although it was said that only they had."""
        self.is_held = False
        """True while requests wait in ``waiting``."""
        self.waiting: list[Callable[[], None]] = []
        self.as_of: float | None = None
        """The second of which the next list is, if not that of its answer."""
        self._costs = costs
        self._began = began
        self._count = itertools.count()
        self._delay = 0.0  # of the task that runs
        self._elements: dict[str, tuple[Operation, bytes]] = {}
        self._shown: dict[bytes, Operation] = {}
        self.engine = Engine(self.scheduler, self._submit, self.trouble.chance.random)
        self.batcher = Batcher(self._list, self.engine, Chooser(batching, workers=8))
        self.settings = PollingSettings(**{"policy": fixed(1.0), "error_budget": BUDGET, **settings})
        self.sources = {name: self.source(name) for name in names}

    @property
    def now(self) -> float:
        return float(self.scheduler.clock)

    def source(self, name: str, initial: Operation | None = None, created: int | None = None) -> PollingSource:
        member = self.batcher.member(name, _Reads(self, name), created)

        def ask(log_time_stamp: str | None, done: Done[Operation]) -> None:
            self.asks[name] += 1
            member(log_time_stamp, done)

        return PollingSource(name, ask, self.engine, self.settings, initial=initial)

    def watch(self) -> dict[str, Spy]:
        """A spy for each source."""
        return {name: self.spy(name) for name in self.sources}

    def spy(self, name: str) -> Spy:
        spy = Spy(self.scheduler)
        self.join(name, spy)
        return spy

    def join(self, name: str, spy: Spy) -> None:
        join(self.sources[name].history, spy)

    def run(self, until: float) -> None:
        self.scheduler.advance_to(until)
        assert not self.wrong

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        def run(scheduler: SchedulerBase, state: object = None) -> None:
            action()

        self.scheduler.schedule_relative(seconds, run)

    def _submit(self, task: Callable[[], None]) -> None:
        if self.is_held:
            self.waiting.append(task)
            return
        delay = self.trouble.chance.uniform(0.0, self.trouble.late) if self.trouble.late else 0.0

        def run() -> None:
            self._delay = delay
            task()

        self.later(delay, run) if delay else run()

    def fetch(self, name: str, stamp: str | None) -> Operation:
        self.alone.append((self.now, name, stamp))
        self.scheduler.sleep(self._costs[0])
        return self.see(name, self.now, stamp)

    def _list(self, stamp: str | None) -> Listing:
        self.lists.append((self.now, stamp))
        if self.trouble(self.trouble.fails):
            raise api(NotFoundError, 403)
        self.scheduler.sleep(self._costs[1])
        age = self.trouble.chance.random() * self._delay  # the server answered some time after it was asked
        when = self.now - age if self.as_of is None else self.as_of
        last, self._elements = self._elements, {}
        entries: dict[str, tuple[bytes, Sequence[object]]] = {}
        newest = 0
        for name in self.trouble.chance.sample(self.names, len(self.names)):
            if name in self.missing or self.trouble(self.trouble.leaves_out):
                continue
            try:
                snapshot = self.see(name, when, stamp)
            except NotFoundError:
                continue
            shown, element = before = last.get(name, (None, b""))
            if shown != snapshot or self.trouble(self.trouble.rewrites):
                newest = max([newest, *(entry.ticks for entry in snapshot.log_entries)])
                element = f"{name} {next(self._count)}".encode()
                if name not in self.unreadable and not self.trouble(self.trouble.breaks):
                    self._shown[element] = snapshot
                if shown is not None and without_entries(shown) == without_entries(snapshot):
                    is_less = set(snapshot.log_entries) <= set(shown.log_entries)
                    entries[name] = before[1], () if is_less else snapshot.log_entries
            self._elements[name] = snapshot, element
        shown_now = {name: element for name, (_, element) in self._elements.items()}
        return Listing(shown_now, newest or None, self.date(when), entries)

    def date(self, when: float | None = None) -> int | None:
        """The ticks of the server's clock at a second, now by default."""
        if self._began is None:
            return None
        return self._began + round((self.now if when is None else when) * TICKS_PER_SECOND)

    def load(self, text: bytes) -> Operation:
        if text not in self._shown:
            raise WireError("broken", path="$", expected="JSON", got="nothing", url=None)
        return self._shown[text]


class _Reads:
    def __init__(self, server: Together, name: str) -> None:
        self._server = server
        self._name = name
        self._last: Operation | None = None
        self.date: int | None = None

    def fetch(self, log_time_stamp: str | None) -> Operation:
        self.date = self._server.date()
        self._last = self._server.fetch(self._name, log_time_stamp)
        return self._last

    def load(self, text: bytes, entries: Sequence[object] | None = None) -> Operation:
        snapshot = self._server.load(text)
        if entries is not None and (self._last is None or without_entries(snapshot) != without_entries(self._last)):
            self._server.wrong.append(self._name)
        self._last = snapshot
        return snapshot


def without_entries(snapshot: Operation) -> Operation:
    return replace(snapshot, log_entries=())


def later_than(stamp: str | None) -> int:
    """The ticks of a ``log_time_stamp``."""
    return parse_ticks(stamp) if stamp else -1
