"""Laws of polling together, in virtual time: lists bring what single polls bring, whatever happens to them.

A long run plays 10,000 histories, up to six at a time.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished, StatusChanged
from rxeryph.model import Operation
from rxeryph.polling import Batching, PollingPolicy, activity, exponential, fixed
from rxeryph.polling.history import Reader
from rxeryph.retry import ErrorBudget
from tests.observing import Spy
from tests.property.histories import History, histories
from tests.property.long_runs import examples
from tests.unit.polling.together import Together, Trouble

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
quick = settings(
    max_examples=examples(100, 3_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
POLICIES: tuple[PollingPolicy, ...] = (fixed(0.3), fixed(1.7), fixed(7.0), activity(), exponential())
BUDGET = ErrorBudget(attempts=10_000, seconds=1e9, first=0.1, maximum=2.0)
troubles = st.builds(
    Trouble,
    fails=st.sampled_from((0.0, 0.2)),
    leaves_out=st.sampled_from((0.0, 0.1)),
    breaks=st.sampled_from((0.0, 0.1)),
    rewrites=st.sampled_from((0.0, 0.05)),
    late=st.sampled_from((0.0, 0.3, 2.5)),
    chance=st.integers(0, 9999).map(random.Random),
)


def follow(played: list[History], policy: PollingPolicy, trouble: Trouble, batching: Batching, held: int) -> Followed:
    """Follow operations to their ends; the first ``held`` of them have a reader that takes its events late."""
    by_name = {f"op{number}": history for number, history in enumerate(played)}

    def see(name: str, now: float, stamp: str | None) -> Operation:
        return replace(by_name[name].at(now, stamp), id=name)

    lab = Together(tuple(by_name), see, batching, trouble, policy=policy, error_budget=BUDGET)
    followed: Followed = {}
    for number, (name, history) in enumerate(by_name.items()):
        spy = Spy(lab.scheduler)
        followed[name] = history, spy
        join = partial(_take_late, lab, name, spy) if number < held else partial(lab.join, name, spy)
        lab.later(trouble.chance.uniform(0.0, 3.0), join)
    lab.run(900.0)
    return followed


Followed = dict[str, tuple[History, Spy]]


def _take_late(lab: Together, name: str, spy: Spy) -> None:
    """Take one event after the other, each a while after the last one: polls wait for that."""
    reader = Reader(lab.sources[name].history, 0, slack=0)
    lab.sources[name].history.join(reader)

    def take() -> None:
        while (event := reader.take()) is not None:
            spy.on_next(event)
            if lab.trouble(0.2):
                break
        if reader.is_at_end:
            spy.on_completed()
        else:
            lab.later(lab.trouble.chance.uniform(0.05, 3.0), take)

    take()


def entries_of(events: list[AnyEvent]) -> list[str]:
    return [event.entry.id for event in events if isinstance(event, LogEntryAdded)]


def never_goes_back(history: History, events: list[AnyEvent]) -> bool:
    """True if the snapshots in ``events`` can have been taken one after another."""
    states = iter([state for _, state in history.commits])
    state = next(states)
    for event in events:
        while not _is_same(state, event.operation):
            try:
                state = next(states)
            except StopIteration:
                return False
    return True


def _is_same(state: Operation, shown: Operation | None) -> bool:
    return shown is None or replace(state, id=shown.id, log_entries=()) == replace(shown, log_entries=())


@quick
@given(
    st.lists(histories(lateness=4.9), min_size=1, max_size=6),
    st.sampled_from(POLICIES),
    troubles,
    st.sampled_from((Batching.ALWAYS, Batching.AUTOMATIC)),
    st.integers(0, 2),
)
def test_nothing_is_lost_or_doubled_and_nothing_goes_back(
    played: list[History], policy: PollingPolicy, trouble: Trouble, batching: Batching, held: int
) -> None:
    for history, spy in follow(played, policy, trouble, batching, held).values():
        assert (spy.completed, spy.errors) == (1, [])
        finished = spy.events[-1]
        assert isinstance(finished, OperationFinished)
        expected = sorted(history.last.log_entries, key=lambda entry: (entry.ticks, entry.id))
        assert finished.result.log_entries == tuple(expected)
        assert sorted(entries_of(spy.events)) == sorted(entry.id for entry in expected)
        assert set(finished.result.tasks) == set(history.last.tasks)
        assert set(finished.result.resources) == set(history.last.resources)
        assert finished.result.status is history.last.status
        assert never_goes_back(history, spy.events)
        ended = [event for event in spy.events if isinstance(event, StatusChanged) and event.status.is_terminal]
        before = spy.events[: spy.events.index(ended[0])]
        # In time, not only by the read of everything that follows the end.
        first_terminal = next(state for _, state in history.commits if state.status.is_terminal)
        assert {entry.id for entry in first_terminal.log_entries} <= set(entries_of(before))
