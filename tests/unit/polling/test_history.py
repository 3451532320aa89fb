"""The history and its readers: push, pull, and the gate at which polling waits for the slowest reader."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from rxeryph.errors import ClosedError
from rxeryph.events import AnyEvent, StatusChanged
from rxeryph.model import Operation
from rxeryph.polling.history import PULL_SLACK, History, Reader
from tests.observing import Spy
from tests.unit.polling.virtual import Lab, join
from tests.unit.samples import EVENTS, RUNNING, entry, operation
from tests.unit.scheduling.threads import at_once


def growing(now: float) -> Operation:
    """Another entry with every poll."""
    return operation(entries=(entry(f"l{now}", now),))


def joined(history: History, notify: Callable[[], None] | None = None, slack: int = PULL_SLACK) -> Reader:
    reader = Reader(history, 0, notify, slack=slack)
    history.join(reader)
    return reader


class Gate:
    """A handler that does not return before it is opened."""

    def __init__(self) -> None:
        self.is_inside, self._is_open = threading.Event(), threading.Event()

    def __call__(self, event: AnyEvent) -> None:
        self.is_inside.set()
        assert self._is_open.wait(30)

    @contextmanager
    def held(self, thread: threading.Thread) -> Iterator[None]:
        """From the first event of ``thread`` until the handler was let go and the thread has ended."""
        thread.start()
        assert self.is_inside.wait(30)
        yield
        self._is_open.set()
        thread.join(30)


def test_a_subscriber_that_has_not_returned_holds_the_next_poll_back() -> None:
    lab = Lab(growing)
    quick = lab.watch()
    lab.run(2.5)
    gate = Gate()
    slow = Spy(act=gate)
    with gate.held(threading.Thread(target=lab.join, args=(slow,))):
        lab.run(60.0)
        # The poll that was already on its way is made; the one after it waits.
        assert lab.asked == [0, 1, 2, 3]
        assert len(quick.events) == 5
    lab.run(61.5)
    assert lab.asked == [0, 1, 2, 3, 60, 61]
    assert slow.events == quick.events


def test_polling_continues_when_a_slow_subscriber_leaves() -> None:
    lab = Lab(growing)
    lab.watch()
    slow = joined(lab.history, slack=2)
    lab.run(60.0)
    assert lab.asked == [0, 1]
    slow.close()
    lab.run(61.5)
    assert lab.asked == [0, 1, 60, 61]


def test_a_pull_reader_may_lag_by_its_slack_and_then_holds_the_polls_back() -> None:
    lab = Lab(growing)
    reader = joined(lab.history, slack=5)
    lab.run(60.0)
    assert lab.asked == [0, 1, 2, 3, 4]
    assert reader.is_behind
    assert reader.take() is not None
    lab.run(120.0)
    assert lab.asked == [0, 1, 2, 3, 4, 60]


def test_by_default_the_slack_is_a_thousand_events() -> None:
    history = History(lambda: None)
    reader = joined(history)
    history.append([EVENTS[0]] * PULL_SLACK)
    assert PULL_SLACK == 1000
    assert not reader.is_behind
    history.append([EVENTS[0]])
    assert reader.is_behind


def test_a_pull_reader_is_notified_of_news_and_takes_each_event_once() -> None:
    news: list[int] = []
    history = History(lambda: None)
    reader = joined(history, lambda: news.append(len(history.events)))
    history.append(EVENTS[:2])
    history.append(EVENTS[2:3])
    history.end()
    assert news == [0, 2, 3, 3]
    assert [reader.take() for _ in range(5)] == [*EVENTS[:3], None, None]
    assert reader.is_at_end


def test_a_reader_that_was_closed_is_not_notified() -> None:
    news: list[int] = []
    history = History(lambda: None)
    reader = joined(history, lambda: news.append(1))
    reader.close()
    history.append(EVENTS)
    history.end()
    assert news == [1]


def test_a_pull_reader_raises_the_error_of_the_end_after_all_events() -> None:
    history = History(lambda: None)
    reader = joined(history)
    history.append(EVENTS[:1])
    history.end(KeyError("x"))
    assert reader.take() is EVENTS[0]
    assert reader.is_at_end
    with pytest.raises(KeyError):
        reader.take()


def test_only_the_first_end_counts() -> None:
    history = History(lambda: None)
    history.end()
    history.end(KeyError("x"))
    assert history.error is None


def test_only_the_first_and_the_last_reader_change_who_watches() -> None:
    calls: list[bool] = []
    history = History(lambda: calls.append(history.is_watched))
    first, second = joined(history), joined(history)
    assert calls == [True]
    first.close()
    assert calls == [True]
    second.close()
    assert calls == [True, False]
    history.end()
    joined(history)
    assert calls == [True, False]


def test_readers_on_many_threads_each_get_everything_once_and_in_order() -> None:
    """Readers join while events are appended from another thread."""
    history = History(lambda: None)
    numbered = [StatusChanged(str(number), operation(), RUNNING) for number in range(400)]
    spies = [Spy() for _ in range(8)]

    def append() -> None:
        for at in range(0, 400, 4):
            history.append(numbered[at : at + 4])
        history.end()

    at_once(append, *(partial(join, history, spy) for spy in spies))
    for spy in spies:
        assert [event.operation_id for event in spy.events] == [str(number) for number in range(400)]
        assert spy.ending == (0, 1)
    assert not history.is_watched


def test_disposing_returns_at_once_while_a_handler_runs_and_nothing_comes_after() -> None:
    history = History(lambda: None)
    gate = Gate()
    spy = Spy(act=gate)
    join(history, spy)
    with gate.held(threading.Thread(target=history.append, args=(EVENTS,))):
        spy.leave()
        assert not history.is_watched
    assert spy.events == [EVENTS[0]]
    assert spy.ending == (0, 0)


def test_closing_does_not_wait_for_a_handler_that_hangs() -> None:
    lab = Lab(growing)
    first = lab.watch()
    lab.run(0.5)
    first.leave()
    gate = Gate()
    slow = Spy(act=gate)
    with gate.held(threading.Thread(target=lab.join, args=(slow,))):
        lab.engine.close()
        assert slow.errors == []
    assert isinstance(slow.error, ClosedError)
    assert slow.types == ["status", "log_entry"]
