"""A file becomes the stream again: the same events, at the times and on the threads that were chosen."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from reactivex import operators as rx
from reactivex.testing import TestScheduler

from rxeryph.bridges import recording_file
from rxeryph.bridges.replaying import replay
from rxeryph.errors import ConfigurationError
from tests.observing import END, Spy
from tests.unit.bridges.recordings import PLAIN_EVENTS, lines, record_slowly, recorded, replayed, watched
from tests.unit.operators.stage import Clock

FIRST, SECOND, THIRD = PLAIN_EVENTS[:3]
ALL_AT_ONCE = float("inf")
EVENT = '{"at": 0, "event": {"type": "status", "operation_id": "op", "operation": 1, "status": "Running"}}'


@pytest.mark.parametrize(
    ("number", "line", "words"),
    [
        (1, b"", "line 1: it is cut off here, before its end"),
        (1, "{}\n", "line 1: this is not a recording of rxeryph"),
        (1, '{"rxeryph": "recording", "version": 2}\n', "line 1: it has version 2, this library reads version 1"),
        (1, "<html>\n", "line 1: not JSON"),
        (3, b"\xff\n", "line 3: not JSON"),
        (3, "[" * 100_000 + "\n", "line 3: not JSON"),
        (3, "[]\n", "line 3: not a JSON object"),
        (3, "\n", "line 3: not JSON"),
        (3, EVENT, "line 3: it is cut off within this line"),
        (2, EVENT + "\n", "line 2: Not the number of a snapshot that came before at $.operation; got 1"),
        (3, EVENT.replace("0", "true") + "\n", "line 3: 'at' is not a number of seconds"),
        (3, EVENT.replace("0", "NaN") + "\n", "line 3: 'at' is not a number of seconds"),
        (3, EVENT.replace("0", "-1") + "\n", "line 3: 'at' is not a number of seconds"),
        (3, EVENT.replace("0", "9" * 400) + "\n", "line 3: 'at' is not a number of seconds"),
        (3, EVENT.replace('"Running"', "7") + "\n", "Not a name of OperationStatus at $.status; got 7"),
        (3, EVENT.replace("status", "novel", 1) + "\n", "Not an event this version knows at $.type; got 'novel'"),
        (3, '{"at": 0, "event": 7}\n', "Not an event this version knows"),
        (3, '{"at": 0, "end": "error", "error": {"type": "NovelError"}}\n', "Not an error this version knows"),
        (3, '{"at": 0, "end": "error", "error": {"type": "ClosedError"}}\n', "Missing data"),
        (3, '{"at": 0, "end": "error"}\n', "line 3"),
        (3, '{"at": 0, "end": "somehow"}\n', "line 3: not a snapshot, an event or the end"),
        (2, '{"snapshot": 1, "operation": {"id": "op"}}\n', "line 2: Missing data for required field at $.status"),
    ],
)
def test_the_error_about_a_broken_recording_names_the_file_and_the_line(
    path: Path, number: int, line: str | bytes, words: str
) -> None:
    recorded(path, PLAIN_EVENTS[:2])
    kept = path.read_bytes().splitlines(keepends=True)[: number - 1]
    path.write_bytes(b"".join(kept) + (line if isinstance(line, bytes) else line.encode()))
    error = replayed(path).error
    assert isinstance(error, ConfigurationError)
    assert words in str(error)
    assert str(error).splitlines() == [str(error)]
    assert error.place == f"{path}, line {number}"


def test_unknown_members_and_lines_after_the_end_change_nothing(path: Path) -> None:
    recorded(path, PLAIN_EVENTS)
    novel = [json.dumps({**line, "novel": {"deep": 1}}) for line in lines(path)]
    path.write_text("\n".join([*novel, "more lines", ""]), "utf-8")
    assert replayed(path).events == [*PLAIN_EVENTS]


def test_a_recording_that_does_not_exist_is_an_error_of_the_stream(path: Path) -> None:
    error = watched(replay(path)).error
    assert isinstance(error, ConfigurationError)
    assert str(error) == f"Recording {path} cannot be read: No such file or directory."


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_out_of_range_is_refused_at_once(speed: float) -> None:
    with pytest.raises(ConfigurationError, match="speed must be more than 0"):
        replay("x", speed=speed)


def test_each_subscriber_gets_its_own_replay_at_its_speed(path: Path) -> None:
    record_slowly(path, (2.5, FIRST), (10.0, SECOND))
    for speed, times in ((1, [2.5, 10.0]), (10, [0.25, 1.0])):
        stream = replay(path, speed=speed)
        clock = Clock()
        spies = Spy(clock), Spy(clock)
        for spy in spies:
            stream.subscribe(spy, scheduler=clock)
        clock.advance_to(100.0)
        for spy in spies:
            assert (spy.times, spy.seen) == (times, [FIRST, SECOND, END])


def test_events_that_are_due_at_once_come_on_the_subscribing_thread(path: Path) -> None:
    recorded(path, PLAIN_EVENTS)
    threads: set[threading.Thread] = set()
    replay(path, speed=ALL_AT_ONCE).subscribe(lambda _: threads.add(threading.current_thread()))
    assert threads == {threading.current_thread()}


def test_without_a_scheduler_a_thread_of_its_own_delivers_and_ends(path: Path) -> None:
    record_slowly(path, (10.0, FIRST), (10.0, SECOND), (50.0, THIRD))
    threads: set[str] = set()
    spy = Spy(act=lambda _: threads.add(threading.current_thread().name))
    began = time.monotonic()
    replay(path, speed=500).subscribe(spy)
    assert spy.ended.wait(30)
    assert time.monotonic() - began >= 0.1
    assert spy.seen == [FIRST, SECOND, THIRD, END]
    # On a busy machine the first events may be due at once, and these come on the subscribing thread.
    assert threads - {threading.current_thread().name} == {"rxeryph-replay"}


def test_a_replay_that_is_left_delivers_nothing_more_and_ends_its_thread(path: Path) -> None:
    record_slowly(path, (10.0, FIRST), (50.0, SECOND))
    came = threading.Event()
    spy = Spy(act=lambda _: came.set())
    spy.subscription = replay(path, speed=8).subscribe(spy)
    assert came.wait(30)
    spy.leave()  # some seconds before the second is due
    assert spy.seen == [FIRST]
    clock = Clock()
    subscription = replay(path).subscribe(scheduler=clock)
    assert clock.due == 1
    subscription.dispose()
    assert not clock.due


class Waits(Clock):
    """Counts how often it was asked to wait."""

    count = 0

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> Any:
        self.count += 1
        assert self.count < 10
        return super().schedule_relative(duetime, action, state)


@pytest.mark.parametrize(("at", "speed"), [(2.1, 3), (2.7, 9), (1.1, 5)])
def test_a_clock_that_is_a_tiny_part_behind_is_waited_for_once(path: Path, at: float, speed: float) -> None:
    record_slowly(path, (at, FIRST))
    clock, spy = Waits(), Spy()
    replay(path, speed=speed).subscribe(spy, scheduler=clock)
    clock.start()
    assert (spy.seen, clock.count) == ([FIRST, END], 1)


def test_a_subscriber_may_leave_inside_on_next_and_the_rest_is_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, PLAIN_EVENTS)
    loaded: list[object] = []

    def load(data: object, snapshots: object) -> object:
        loaded.append(data)
        return FIRST

    monkeypatch.setattr(recording_file, "load_event", load)
    assert watched(replay(path, speed=ALL_AT_ONCE).pipe(rx.take(2))).seen == [FIRST, FIRST, END]
    assert len(loaded) == 2
    path.unlink()  # which Windows refuses while it is open


def test_the_scheduler_given_is_used_before_that_of_the_subscriber(path: Path) -> None:
    record_slowly(path, (10.0, FIRST))
    given, subscribers, spy = TestScheduler(), TestScheduler(), Spy()
    replay(path, scheduler=given).subscribe(spy, scheduler=subscribers)
    subscribers.advance_to(100)
    assert spy.events == []
    given.advance_to(100)
    assert spy.completed == 1


def test_a_subscriber_that_raises_ends_its_replay(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record_slowly(path, (10.0, FIRST), (10.0, SECOND))
    raised = threading.Event()
    spy = Spy(act=lambda _: raised.set(), raises={"on_next": LookupError("mine")})
    replay(path, speed=100).subscribe(spy)
    assert raised.wait(30)
    for thread in threading.enumerate():
        if thread.name == "rxeryph-replay":
            thread.join(2)
            assert not thread.is_alive()
    assert spy.events == [FIRST]
    assert "LookupError: mine" in caplog.text
