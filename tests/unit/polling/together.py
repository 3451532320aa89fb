"""Many operations polled together in virtual time: a server that shows each by itself and all in lists."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reactivex.abc import SchedulerBase
from reactivex.testing import TestScheduler

from rxeryph.errors import NotFoundError, WireError
from rxeryph.model import Operation
from rxeryph.model.timestamps import parse_ticks
from rxeryph.polling import (
    Batcher,
    Batching,
    Chooser,
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
        **settings: Any,
    ) -> None:
        self.scheduler = TestScheduler()
        self.names = names
        self.see = see
        self.trouble = trouble or Trouble()
        self.alone: list[tuple[float, str, str | None]] = []
        """Single polls: when, of which operation, from which time on."""
        self.lists: list[tuple[float, str | None]] = []
        self.missing: set[str] = set()
        """What lists do not show."""
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
        return PollingSource(name, member, self.engine, self.settings, initial=initial)

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

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        def run(scheduler: SchedulerBase, state: object = None) -> None:
            action()

        self.scheduler.schedule_relative(seconds, run)

    def _submit(self, task: Callable[[], None]) -> None:
        delay = self.trouble.chance.uniform(0.0, self.trouble.late) if self.trouble.late else 0.0

        def run() -> None:
            self._delay = delay
            task()

        self.later(delay, run) if delay else run()

    def fetch(self, name: str, stamp: str | None) -> Operation:
        self.alone.append((self.now, name, stamp))
        return self.see(name, self.now, stamp)

    def _list(self, stamp: str | None) -> Listing:
        self.lists.append((self.now, stamp))
        if self.trouble(self.trouble.fails):
            raise api(NotFoundError, 403)
        names = [
            each for each in self.names if each not in self.missing and not self.trouble(self.trouble.leaves_out)
        ]
        self.trouble.chance.shuffle(names)
        elements: dict[str, bytes] = {}
        newest = None
        when = (
            self.now - self.trouble.chance.random() * self._delay
        )  # the server answered some time after it was asked
        for name in names:
            try:
                snapshot = self.see(name, when, stamp)
            except NotFoundError:
                continue
            last = self._elements.get(name)
            if last is None or last[0] != snapshot or self.trouble(0.05):
                newest = max([newest or 0, *(entry.ticks for entry in snapshot.log_entries)]) or None
                text = f"{name} {len(self._shown)}".encode()
                self._elements[name] = snapshot, text
                if not self.trouble(self.trouble.breaks):
                    self._shown[text] = snapshot
            elements[name] = self._elements[name][1]
        return Listing(elements, newest)

    def load(self, text: bytes) -> Operation:
        if text not in self._shown:
            raise WireError("broken", path="$", expected="JSON", got="nothing", url=None)
        return self._shown[text]


class _Reads:
    def __init__(self, server: Together, name: str) -> None:
        self._server = server
        self._name = name

    def fetch(self, log_time_stamp: str | None) -> Operation:
        return self._server.fetch(self._name, log_time_stamp)

    def load(self, text: bytes) -> Operation:
        return self._server.load(text)


def later_than(stamp: str | None) -> int:
    """The ticks of a ``log_time_stamp``."""
    return parse_ticks(stamp) if stamp else -1
