"""The law of appends that end later: each event is stored once and shown once, whatever happens meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from reactivex.abc import SchedulerBase

from rxeryph.errors import JournalError
from rxeryph.events import is_change
from rxeryph.journal import NewRecord
from rxeryph.retry import ErrorBudget
from tests.observing import Spy
from tests.property.histories import History, histories
from tests.unit.journal.processes import Process, World

TENTHS = 1, 3, 10, 250
"""Of a second: how long something lasts. A lease is over after 8 s."""

PATIENT = ErrorBudget(attempts=1000, seconds=100_000.0, maximum=2.0)


class Lab:
    """Two processes whose appends end at some time, and what happens to them."""

    def __init__(self, history: History, chance: random.Random) -> None:
        self.world = World(lambda now: history.at(min(now, history.length)))
        self.chance = chance
        self.processes = [Process(self.world, error_budget=PATIENT) for _ in range(2)]
        self.spies: list[list[Spy]] = []
        for process in self.processes:
            self._append_later(process)
            self.spies.append([process.watch()])

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        def run(scheduler: SchedulerBase, state: object = None) -> None:
            action()

        self.world.scheduler.schedule_relative(seconds, run)

    def _append_later(self, process: Process) -> None:
        append = process.access.appending.append

        def late(record: NewRecord, may_append: Callable[[], bool], done: Callable[[Any], None]) -> None:
            """As if another thread, which appends already, took it."""
            if self.chance.random() < 0.3:
                append(record, may_append, done)
            else:
                seconds = self.chance.uniform(0.0, 2.0)
                self.later(seconds, lambda: process._submit(lambda: append(record, may_append, done)))

        process.access.appending.append = late  # type: ignore[method-assign]

    def happen(self, what: str, seconds: float) -> None:
        process, spies = self.chance.choice([*zip(self.processes, self.spies, strict=True)])
        match what:
            case "the journal fails":
                self.world.journal.failing = JournalError("said")
                self.later(seconds, self._works)
            case "a process stops":
                process.freeze()
                self.later(seconds, process.thaw)
            case "an answer is lost":
                self.world.journal.fails_after_append = True
            case "no one watches for a while":
                for spy in spies:
                    spy.leave()
                self.later(seconds, lambda: spies.append(process.watch()))
            case "another one watches":
                spies.append(process.watch())

    def _works(self) -> None:
        self.world.journal.failing = None


def shown(events: Sequence[Any]) -> list[tuple[str, object]]:
    """The changes, as what is compared: a snapshot that was stored has its collections in an order of its own."""
    return [(event.type.value, _about(event)) for event in events if is_change(event)]


def _about(event: Any) -> object:
    for name in ("entry", "task", "project", "resource", "status"):
        if hasattr(event, name):
            return getattr(event, name)
    return None


ONCE = {"log_entry", "task_new", "project_new", "resource_new", "finished"}
"""The types of events of which no two are the same."""

HAPPENINGS = (
    "the journal fails",
    "a process stops",
    "an answer is lost",
    "no one watches for a while",
    "another one watches",
)


@settings(max_examples=60, deadline=None)
@given(
    histories(),
    st.integers(0, 10**9),
    st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 60), st.sampled_from(TENTHS)), max_size=8),
)
def test_each_event_is_stored_once_and_shown_once(
    history: History, seed: int, happenings: list[tuple[str, int, int]]
) -> None:
    lab = Lab(history, random.Random(seed))
    for what, at, tenths in happenings:
        lab.later(at / 3, partial(lab.happen, what, tenths / 10))
    lab.world.run(history.length + 400.0)
    stored = shown(lab.world.stored())
    once = [(kind, repr(about)) for kind, about in stored if kind in ONCE]
    assert len(once) == len({*once})
    assert once[-1][0] == "finished"
    for spies in lab.spies:
        for spy in spies:
            seen = shown(spy.events)
            assert seen == stored[: len(seen)]
        assert (spies[-1].errors, spies[-1].completed) == ([], 1)
        assert shown(spies[-1].events) == stored
