"""The history and its readers: push, pull, and the gate that lets the slowest set the pace."""

from __future__ import annotations

import threading

import pytest

from rxeryph.events import AnyEvent, StatusChanged
from rxeryph.polling.history import PULL_SLACK, History, Reader
from tests.observing import Spy
from tests.unit.polling.virtual import Lab
from tests.unit.samples import EVENTS, RUNNING, entry, operation


def busy(lab: Lab) -> None:
    """Another entry with every poll."""
    lab.answer = lambda now: operation(entries=(entry(f"l{len(lab.asked)}", now),))


def test_a_subscriber_that_has_not_returned_holds_the_next_poll_back() -> None:
    lab = Lab()
    busy(lab)
    quick = lab.watch()
    lab.run(2.5)
    entered, release = threading.Event(), threading.Event()

    def block(event: AnyEvent) -> None:
        entered.set()
        assert release.wait(30)

    slow = Spy(lab.scheduler, block)
    thread = threading.Thread(target=lab.join, args=(slow,))
    thread.start()
    assert entered.wait(30)
    lab.run(60.0)
    # The poll that was already on its way is made; the one after it waits.
    assert lab.asked == [0, 1, 2, 3]
    assert len(quick.events) == 5
    release.set()
    thread.join(30)
    lab.run(61.5)
    assert lab.asked == [0, 1, 2, 3, 60, 61]
    assert slow.events == quick.events


def test_a_slow_subscriber_that_leaves_lets_the_others_go_on() -> None:
    lab = Lab()
    busy(lab)
    lab.watch()
    slow = Reader(lab.source.history, 0, slack=2)
    lab.source.history.join(slow)
    lab.run(60.0)
    assert lab.asked == [0, 1]
    slow.close()
    lab.run(61.5)
    assert lab.asked == [0, 1, 60, 61]


def test_a_pull_reader_may_lag_by_its_slack_and_then_holds_the_polls_back() -> None:
    lab = Lab(is_held=True)
    busy(lab)
    reader = Reader(lab.source.history, 0, slack=5)
    lab.source.history.join(reader)
    for second in range(60):
        lab.run(second + 0.5)
        lab.work()
    assert len(lab.asked) == 5
    assert reader.is_behind
    assert reader.take() is not None
    assert not reader.is_behind
    lab.work()
    lab.run(120.0)
    lab.work()
    assert len(lab.asked) == 6


def test_by_default_the_slack_is_a_thousand_events() -> None:
    history = History(lambda: None)
    reader = Reader(history, 0)
    history.join(reader)
    history.append([EVENTS[0]] * PULL_SLACK)
    assert PULL_SLACK == 1000
    assert not reader.is_behind
    history.append([EVENTS[0]])
    assert reader.is_behind


def test_a_pull_reader_is_told_of_news_and_takes_each_event_once() -> None:
    news: list[int] = []
    history = History(lambda: None)
    reader = Reader(history, 0, lambda: news.append(len(history.events)))
    history.join(reader)
    history.append(EVENTS[:2])
    history.append(EVENTS[2:3])
    history.end()
    assert news == [0, 2, 3, 3]
    assert [reader.take() for _ in range(5)] == [*EVENTS[:3], None, None]
    assert reader.is_at_end


def test_a_pull_reader_raises_the_error_of_the_end_after_all_events() -> None:
    history = History(lambda: None)
    reader = Reader(history, 0)
    history.join(reader)
    history.append(EVENTS[:1])
    history.end(KeyError("x"))
    assert reader.take() is EVENTS[0]
    assert reader.is_at_end
    with pytest.raises(KeyError):
        reader.take()


def test_only_the_first_end_counts() -> None:
    history = History(lambda: None)
    watcher = Lab().watch()
    watcher.leave()
    history.end()
    history.end(KeyError("x"))
    assert history.error is None


def test_the_watch_is_told_of_the_first_and_the_last_reader_only() -> None:
    calls: list[bool] = []
    history = History(lambda: calls.append(history.is_watched))
    first, second = Reader(history, 0), Reader(history, 0)
    history.join(first)
    history.join(second)
    assert calls == [True]
    first.close()
    assert calls == [True]
    second.close()
    assert calls == [True, False]
    history.end()
    history.join(Reader(history, 0))
    assert calls == [True, False]


def test_readers_on_many_threads_each_get_everything_once_and_in_order() -> None:
    """Readers join while events are appended from another thread."""
    lab = Lab()
    history = lab.source.history
    numbered = [StatusChanged(str(number), operation(), RUNNING) for number in range(400)]
    start = threading.Barrier(9)
    watchers = [Spy() for _ in range(8)]

    def join(watcher: Spy) -> None:
        start.wait(30)
        lab.join(watcher)

    def append() -> None:
        start.wait(30)
        for at in range(0, 400, 4):
            history.append(numbered[at : at + 4])
        history.end()

    threads = [threading.Thread(target=join, args=(watcher,)) for watcher in watchers]
    threads.append(threading.Thread(target=append))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for watcher in watchers:
        assert [event.operation_id for event in watcher.events] == [str(number) for number in range(400)]
        assert watcher.ending == (0, 1)
    assert not history.is_watched


def test_disposing_returns_at_once_while_a_handler_runs_and_nothing_comes_after() -> None:
    history = Lab().source.history
    entered, release = threading.Event(), threading.Event()

    def block(event: AnyEvent) -> None:
        entered.set()
        assert release.wait(30)

    lab = Lab()
    lab.source.history = history
    watcher = Spy(act=block)
    lab.join(watcher)
    thread = threading.Thread(target=history.append, args=(EVENTS,))
    thread.start()
    assert entered.wait(30)
    watcher.leave()
    assert not history.is_watched
    release.set()
    thread.join(30)
    assert watcher.events == [EVENTS[0]]
    assert watcher.ending == (0, 0)
