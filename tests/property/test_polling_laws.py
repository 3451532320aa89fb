"""Laws of a whole stream in virtual time: its events do not depend on who watches when, nor on how often it polls."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished
from rxeryph.model import Operation
from rxeryph.polling import PollingPolicy, activity, exponential, fixed
from rxeryph.retry import ErrorBudget
from rxeryph.tracking import NOTHING_KNOWN, Known, log_time_stamp, observe
from tests.observing import Spy
from tests.property.histories import History, histories
from tests.property.long_runs import examples
from tests.unit.polling.virtual import Lab
from tests.unit.samples import NO_ROUTE

many = settings(max_examples=examples(80, 10_000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
POLICIES: tuple[PollingPolicy, ...] = (fixed(0.3), fixed(1.7), fixed(7.0), activity(), exponential())
visits = st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(0.0, 20.0)), max_size=4)
BUDGET = ErrorBudget(attempts=10_000, seconds=1e9, first=0.1, maximum=2.0)


def ended_at(history: History) -> float:
    return next(since for since, state in history.commits if state.status.is_terminal)


def play(
    history: History,
    policy: PollingPolicy,
    *,
    seed: int = 0,
    delay: float = 0.0,
    broken: float = 0.0,
    coming: tuple[tuple[float, float], ...] = (),
) -> tuple[Lab, Spy, list[Spy]]:
    """Polls fail with the chance ``broken`` while the operation runs; visitors come and leave, one spy stays."""
    chance = random.Random(seed)
    end = ended_at(history)

    def answer(now: float) -> Operation:
        if now < end and chance.random() < broken:
            raise NO_ROUTE
        return history.at(now, lab.stamps[-1])

    lab = Lab(answer, policy=policy, random=chance.random, delay=delay, error_budget=BUDGET)
    watcher = lab.watch()
    visitors: list[Spy] = []
    for at, stay in coming:

        def come(stay: float = stay) -> None:
            visitor = lab.watch()
            visitors.append(visitor)
            lab.later(stay, visitor.leave)

        lab.later(at - lab.now, come)
    lab.run(500.0)
    return lab, watcher, visitors


def entries_of(events: list[AnyEvent]) -> list[str]:
    return [event.entry.id for event in events if isinstance(event, LogEntryAdded)]


@many
@given(
    histories(lateness=4.9),
    st.sampled_from(POLICIES),
    st.integers(0, 999),
    st.sampled_from((0.0, 0.4, 2.5)),
    st.sampled_from((0.0, 0.3)),
    visits,
)
def test_nothing_is_lost_and_nothing_doubled_however_many_watch(
    history: History, policy: PollingPolicy, seed: int, delay: float, broken: float, coming: list[tuple[float, float]]
) -> None:
    lab, watcher, visitors = play(history, policy, seed=seed, delay=delay, broken=broken, coming=tuple(coming))
    assert watcher.has_seen_the_end
    finished = watcher.events[-1]
    assert isinstance(finished, OperationFinished)
    expected = sorted(history.last.log_entries, key=lambda entry: (entry.ticks, entry.id))
    # Also those that were committed after the end.
    assert finished.result.log_entries == tuple(expected)
    assert sorted(entries_of(watcher.events)) == sorted(entry.id for entry in expected)
    assert set(finished.result.tasks) == set(history.last.tasks)
    assert set(finished.result.resources) == set(history.last.resources)
    assert finished.result.status is history.last.status
    for visitor in visitors:
        assert visitor.events == watcher.events[: len(visitor.events)]
    assert all(later > earlier for earlier, later in zip(lab.asked, lab.asked[1:], strict=False))


@many
@given(histories(lateness=4.9), st.sampled_from(POLICIES), visits)
def test_leaving_and_coming_back_gives_the_same_events_as_staying(
    history: History, policy: PollingPolicy, coming: list[tuple[float, float]]
) -> None:
    """No one stays; the one who comes at the end gets events without a gap."""
    lab = Lab(lambda now: history.at(now, lab.stamps[-1]), policy=policy)
    for at, stay in sorted(coming):
        lab.run(max(at, lab.now + 0.001))
        watcher = lab.watch()
        lab.run(lab.now + stay + 0.001)
        watcher.leave()
    lab.run(max(lab.now, history.length) + 0.001)
    last = lab.watch()
    lab.run(lab.now + 60.0)
    assert last.has_seen_the_end
    seen = entries_of(last.events)
    assert len(seen) == len(set(seen))
    if not coming:
        assert set(seen) == {entry.id for entry in history.last.log_entries}
    finished = last.events[-1]
    assert isinstance(finished, OperationFinished)
    assert set(finished.result.tasks) == set(history.last.tasks)
    before_the_end = {entry.id for entry in history.at(ended_at(history)).log_entries}
    assert before_the_end <= set(seen)


@many
@given(histories(lateness=4.9), st.data())
def test_asking_with_the_cursor_at_any_moments_gives_the_same_entries(history: History, data: st.DataObject) -> None:
    moments = data.draw(st.lists(st.floats(0.0, history.length), max_size=20))
    known: Known = NOTHING_KNOWN
    found: list[AnyEvent] = []
    for moment in (*sorted(moments), history.length):
        known, events = observe(known, history.at(moment, log_time_stamp(known.newest)))
        found.extend(events)
    assert sorted(entries_of(found)) == sorted(entry.id for entry in history.last.log_entries)
    assert known.complete_operation is not None
    assert set(known.complete_operation.log_entries) == set(history.last.log_entries)
