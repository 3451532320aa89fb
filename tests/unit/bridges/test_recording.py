"""A stream becomes a file and the file the same stream again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex import operators as rx
from reactivex.scheduler import VirtualTimeScheduler
from reactivex.testing import ReactiveTest, TestScheduler

from rxeryph.bridges import recording_file
from rxeryph.bridges.recording import record
from rxeryph.bridges.replaying import replay
from rxeryph.errors import (
    ConfigurationError,
    MissingResultError,
    OperationError,
    OperationVanishedError,
    RxEryphError,
    TransportError,
)
from rxeryph.events import AnyEvent, Event, OperationFinished, StatusChanged, TaskAdded
from rxeryph.model import CatletConfigResult, SshChannelResult
from rxeryph.outcome import OperationResult
from tests.observing import Spy
from tests.unit.playing import STORY, playing
from tests.unit.samples import CATLET, COMPLETED, ERRORS, EVENTS, FULL, OPERATOR_EVENTS, RUNNING, operation, task

ALL_AT_ONCE = float("inf")
PLAIN = replace(FULL, result=None)


def plain(event: Any) -> Any:
    """``event`` seen in a snapshot without a secret."""
    if isinstance(event, OperationFinished):
        event = replace(event, result=OperationResult(PLAIN))
    return replace(event, operation=PLAIN) if getattr(event, "operation", None) else event


PLAIN_EVENTS: tuple[Any, ...] = tuple(plain(event) for event in (*EVENTS, *OPERATOR_EVENTS))
"""One of every event, none with a secret in it."""
Message = tuple[float, str, Any]


def played(observable: Observable[Any], scheduler: TestScheduler, disposed: float = 1000) -> list[Message]:
    """What ``observable`` does in virtual time: when, kind and value."""
    messages: list[Any] = scheduler.start(lambda: observable, disposed=disposed).messages
    return [
        (round(each.time, 5), each.value.kind, getattr(each.value, "exception", getattr(each.value, "value", None)))
        for each in messages
    ]


def next_at(time: float, event: Any) -> Any:
    return ReactiveTest.on_next(time, event)  # type: ignore[arg-type]


def told(observable: Observable[AnyEvent]) -> Spy:
    found = Spy()
    observable.subscribe(found)
    return found


def recorded(path: Path, events: Sequence[Any], end: Exception | None = None) -> Spy:
    source = reactivex.from_iterable(events)
    if end is not None:
        source = source.pipe(rx.concat(reactivex.throw(end)))
    return told(source.pipe(record(path)))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.ndjson"


@pytest.mark.parametrize("event", PLAIN_EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_comes_back_equal(path: Path, event: Event) -> None:
    assert recorded(path, [event]).events == [event]
    again = told(replay(path, speed=ALL_AT_ONCE))
    assert again.events == [event]
    assert type(again.events[0]) is type(event)
    assert again.completed == 1


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_comes_back_with_its_class_and_attributes(path: Path, error: RxEryphError) -> None:
    if isinstance(error, OperationError):
        error = type(error)("said", operation_id="op", operation=PLAIN)
    assert recorded(path, [], error).errors == [error]
    (again,) = told(replay(path, speed=ALL_AT_ONCE)).errors
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error)


def test_an_error_of_others_comes_back_as_ours_and_names_theirs(path: Path) -> None:
    assert recorded(path, [], ZeroDivisionError("by zero")).errors != []
    (again,) = told(replay(path, speed=ALL_AT_ONCE)).errors
    assert again == RxEryphError("ZeroDivisionError: by zero")


def test_an_error_of_a_class_made_of_ours_comes_back_as_ours(path: Path) -> None:
    class Special(ConfigurationError): ...

    recorded(path, [], Special("said", place="here"))
    assert told(replay(path, speed=ALL_AT_ONCE)).errors == [ConfigurationError("said", place="here")]


def test_recording_changes_neither_events_nor_times_and_replay_repeats_both(path: Path) -> None:
    script: list[Any] = [next_at(10.25 * n, event) for n, event in enumerate(PLAIN_EVENTS, 1)]
    script.append(ReactiveTest.on_error(300, ERRORS[4]))
    scheduler = TestScheduler()
    source = scheduler.create_cold_observable(*script)
    original = [(200 + m.time, m.value.kind) for m in script]
    first = played(source.pipe(record(path)), scheduler)
    assert [message[:2] for message in first] == original
    assert all(message[2] is event for message, event in zip(first, PLAIN_EVENTS, strict=False))
    assert played(replay(path), TestScheduler()) == first
    fast = played(replay(path, speed=10), TestScheduler())
    assert [at for at, _, _ in fast] == [200 + round((at - 200) / 10, 5) for at, _, _ in first]
    assert [message[1:] for message in fast] == [message[1:] for message in first]


def test_what_came_in_one_moment_is_replayed_in_one_moment_and_in_order(path: Path) -> None:
    scheduler = TestScheduler()
    source = scheduler.create_cold_observable(*(next_at(5, event) for event in PLAIN_EVENTS))
    played(source.pipe(record(path)), scheduler)
    assert (
        played(replay(path), TestScheduler())
        == [
            *((205.0, "N", event) for event in PLAIN_EVENTS),
            (1000.0, "C", None),
        ][: len(PLAIN_EVENTS)]
    )


def test_events_of_one_poll_share_one_snapshot_on_file_and_after(path: Path) -> None:
    first, second = operation(), operation(tasks=(task(),))
    events = [StatusChanged("op", first, RUNNING), *(TaskAdded("op", second, t) for t in (task("a"), task("b")))]
    finished = OperationFinished("op", second, OperationResult(second))
    recorded(path, [*events, finished])
    assert [line["snapshot"] for line in lines(path) if "snapshot" in line] == [1, 2]
    one, two, three, last = told(replay(path, speed=ALL_AT_ONCE)).events
    assert two.operation is three.operation is last.operation
    assert isinstance(last, OperationFinished)
    assert last.result.operation is last.operation
    assert one.operation == first


def test_merged_streams_write_a_snapshot_once_for_each_operation(path: Path) -> None:
    a, b = operation(id="a"), operation(id="b")
    events = [StatusChanged(each.id, each, RUNNING) for each in (a, b, a, b, a)]
    recorded(path, events)
    assert [line["operation"]["id"] for line in lines(path) if "snapshot" in line] == ["a", "b"]
    assert told(replay(path, speed=ALL_AT_ONCE)).events == events


def test_a_replayed_result_is_not_connected(path: Path) -> None:
    done = operation(COMPLETED, resources=(CATLET,))
    recorded(path, [OperationFinished("op", done, OperationResult(done))])
    (event,) = told(replay(path, speed=ALL_AT_ONCE)).events
    assert isinstance(event, OperationFinished)
    with pytest.raises(MissingResultError, match="not connected to a server"):
        _ = event.result.catlet


def test_no_token_is_in_a_recording_which_says_so(path: Path) -> None:
    recorded(path, [*EVENTS, *OPERATOR_EVENTS], ERRORS[-1])
    assert "a-very-secret-token" not in path.read_text("utf-8")
    snapshot = next(line["operation"] for line in lines(path) if "snapshot" in line)
    assert snapshot["result"]["token"] == ""
    assert snapshot["secrets"] == "left out"
    event = told(replay(path, speed=ALL_AT_ONCE)).events[0]
    assert event.operation == replace(FULL, result=SshChannelResult(""))


def test_each_event_is_in_the_file_when_it_is_passed_on(path: Path) -> None:
    source = Subject[AnyEvent]()
    seen: list[int] = []
    subscription = source.pipe(record(path)).subscribe(lambda _: seen.append(len(lines(path))))
    assert lines(path) == [{"rxeryph": "recording", "version": 1}]
    source.on_next(PLAIN_EVENTS[0])
    source.on_next(PLAIN_EVENTS[0])
    assert seen == [3, 4]
    subscription.dispose()


def test_text_of_any_language_and_broken_text_survive(path: Path) -> None:
    events = [StatusChanged("op", operation(message=text), RUNNING) for text in ("Größe 😀", "\ud800", "a\nb\u2028c")]
    recorded(path, events)
    assert told(replay(path, speed=ALL_AT_ONCE)).events == events
    assert "Größe 😀" in path.read_text("utf-8")


def test_nothing_is_written_before_somebody_subscribes(path: Path) -> None:
    reactivex.of(PLAIN_EVENTS[0]).pipe(record(str(path)))
    assert not path.exists()


def test_a_second_subscriber_is_refused_and_the_first_recording_stays(path: Path) -> None:
    source = Subject[AnyEvent]()
    stream = source.pipe(record(path))
    first, second = told(stream), told(stream)
    assert isinstance(second.errors[0], ConfigurationError)
    assert f"{path} already exists" in str(second.errors[0])
    assert second.errors[0].place == str(path)
    source.on_next(PLAIN_EVENTS[0])
    source.on_completed()
    assert (first.events, first.completed, second.events) == ([PLAIN_EVENTS[0]], 1, [])
    assert told(replay(path, speed=ALL_AT_ONCE)).events == first.events


def test_a_shared_recording_serves_several(path: Path) -> None:
    source = Subject[AnyEvent]()
    stream = source.pipe(record(path), rx.share())
    first, second = told(stream), told(stream)
    source.on_next(PLAIN_EVENTS[0])
    source.on_completed()
    assert first.events == second.events == [PLAIN_EVENTS[0]]
    assert [line.get("end") for line in lines(path)].count("completed") == 1


def test_a_file_that_cannot_be_made_is_an_error_and_the_source_is_left_alone(tmp_path: Path) -> None:
    source = Subject[AnyEvent]()
    path = tmp_path / "missing" / "run.ndjson"
    (error,) = told(source.pipe(record(path))).errors
    assert isinstance(error, ConfigurationError)
    assert str(error) == f"Recording {path} cannot be written: No such file or directory."
    assert not source.observers


class _Full:
    """A file on a disk that is full after ``whole`` writes."""

    def __init__(self, whole: int) -> None:
        self.closed = False
        self._whole = whole

    def write(self, data: memoryview) -> int:
        if self._whole <= 0:
            raise OSError(28, "No space left on device")
        self._whole -= 1
        return len(data)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("whole", [0, 1])
def test_a_disk_that_is_full_ends_the_stream_with_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    file = _Full(whole)
    monkeypatch.setattr(recording_file, "open", lambda *_, **__: file, raising=False)
    source = Subject[AnyEvent]()
    found = told(source.pipe(record(path)))
    source.on_next(PLAIN_EVENTS[0])
    source.on_next(PLAIN_EVENTS[0])
    (error,) = found.errors
    assert isinstance(error, ConfigurationError)
    assert "cannot be written: No space left on device" in str(error)
    assert (found.events, file.closed, source.observers) == ([], True, [])


def test_an_end_that_cannot_be_written_is_told_but_hides_no_error_of_the_stream(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording_file, "open", lambda *_, **__: _Full(1), raising=False)
    completed = told(reactivex.empty().pipe(record(path)))
    assert isinstance(completed.errors[0], ConfigurationError)
    assert completed.completed == 0
    failed = told(reactivex.throw(ERRORS[4]).pipe(record(path)))
    assert failed.errors == [ERRORS[4]]
    told(reactivex.never().pipe(record(path)))
    reactivex.never().pipe(record(path)).subscribe().dispose()
    assert caplog.text.count("The end of a stream was not recorded") == 2


def test_a_write_may_take_several_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(_Full):
        text = b""

        def write(self, data: memoryview) -> int:
            self.text += bytes(data[:7])
            return len(data[:7])

    file = Slow(0)
    monkeypatch.setattr(recording_file, "open", lambda *_, **__: file, raising=False)
    recorded(path, PLAIN_EVENTS)
    monkeypatch.undo()
    path.write_bytes(file.text)
    assert told(replay(path, speed=ALL_AT_ONCE)).events == list(PLAIN_EVENTS)


def test_what_is_no_event_ends_the_stream_and_is_named(path: Path) -> None:
    source = Subject[Any]()
    found = told(source.pipe(record(path)))
    source.on_next(PLAIN_EVENTS[0])
    source.on_next(7)
    source.on_next(PLAIN_EVENTS[0])
    assert found.events == [PLAIN_EVENTS[0]]
    assert isinstance(found.errors[0], ConfigurationError)
    assert "not int" in str(found.errors[0])
    assert not source.observers
    again = told(replay(path, speed=ALL_AT_ONCE))
    assert again.events == [PLAIN_EVENTS[0]]
    assert "cut off" in str(again.errors[0])


@pytest.mark.parametrize(
    "broken",
    [
        StatusChanged("op", operation(), 7),  # type: ignore[arg-type]
        StatusChanged("op", operation(result=CatletConfigResult({"a": object()})), RUNNING),
        Event("op"),
    ],
)
def test_an_event_that_cannot_be_written_ends_the_stream_with_the_reason(path: Path, broken: Event) -> None:
    found = recorded(path, [PLAIN_EVENTS[0], broken, PLAIN_EVENTS[0]])
    assert found.events == [PLAIN_EVENTS[0]]
    (error,) = found.errors
    assert isinstance(error, ConfigurationError)
    assert f"a {type(broken).__name__} of operation op cannot be written: " in str(error)
    again = told(replay(path, speed=ALL_AT_ONCE))
    assert (again.events, again.completed) == ([PLAIN_EVENTS[0]], 0)


def test_an_error_that_cannot_be_written_still_reaches_the_subscriber(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = TransportError("said", method="GET", url="x", attempts="many")  # type: ignore[arg-type]
    assert recorded(path, [], broken).errors == [broken]
    assert "a TransportError cannot be written" in caplog.text


def test_leaving_early_closes_the_file_and_is_replayed_as_completed(path: Path) -> None:
    source = Subject[AnyEvent]()
    found = told(source.pipe(record(path), rx.take(1)))
    source.on_next(PLAIN_EVENTS[0])
    assert (found.completed, source.observers) == (1, [])
    assert lines(path)[-1]["end"] == "disposed"
    again = told(replay(path, speed=ALL_AT_ONCE))
    assert (again.events, again.completed) == ([PLAIN_EVENTS[0]], 1)


def test_a_subscriber_that_raises_ends_its_recording_with_its_error(path: Path) -> None:
    def fail(event: AnyEvent) -> None:
        raise LookupError("mine")

    found = Spy(act=fail)
    with playing(*STORY) as (stream, _):
        stream.pipe(record(path)).subscribe(found)
        assert found.ended.wait(30)
    assert lines(path)[-1]["error"] == {"type": "RxEryphError", "message": "LookupError: mine"}


def test_a_recorded_stream_keeps_the_scheduler_of_its_connection() -> None:
    with playing(*STORY) as (stream, _):
        assert stream.pipe(record("never-made")).scheduler is stream.scheduler  # type: ignore[attr-defined]


def test_a_real_stream_is_recorded_and_replayed(path: Path) -> None:
    with playing(*STORY) as (stream, _):
        found = told(stream.pipe(record(path)))
        assert found.ended.wait(30)
    again = told(replay(path, speed=ALL_AT_ONCE))
    assert again.events == found.events
    assert again.completed == 1


def broken(path: Path, number: int, line: str | bytes) -> Spy:
    """The replay of a good recording whose line ``number`` is replaced, all after it left out."""
    recorded(path, PLAIN_EVENTS[:2])
    kept = path.read_bytes().splitlines(keepends=True)[: number - 1]
    path.write_bytes(b"".join(kept) + (line if isinstance(line, bytes) else line.encode()))
    return told(replay(path, speed=ALL_AT_ONCE))


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
        (3, EVENT[:40], "line 3: it is cut off within this line"),
        (3, EVENT, "line 3: it is cut off within this line"),
        (3, "", "line 3: it is cut off here, before its end"),
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
def test_a_broken_recording_names_the_file_and_the_line(
    path: Path, number: int, line: str | bytes, words: str
) -> None:
    found = broken(path, number, line)
    (error,) = found.errors
    assert isinstance(error, ConfigurationError)
    assert words in str(error)
    assert str(error).splitlines() == [str(error)]
    assert error.place == f"{path}, line {number}"


def test_what_was_broken_off_is_an_error_after_all_whole_events(path: Path) -> None:
    found = broken(path, 5, '{"at": 7, "ev')
    assert found.events == list(PLAIN_EVENTS[:2])
    assert "line 5: it is cut off within this line" in str(found.errors[0])


def test_members_and_what_follows_the_end_change_nothing(path: Path) -> None:
    recorded(path, PLAIN_EVENTS)
    novel = [json.dumps({**line, "novel": {"deep": 1}}) for line in lines(path)]
    path.write_text("\n".join([*novel, "what follows", ""]), "utf-8")
    assert told(replay(path, speed=ALL_AT_ONCE)).events == list(PLAIN_EVENTS)


def test_a_recording_that_is_not_there_is_an_error_of_the_stream(tmp_path: Path) -> None:
    stream = replay(tmp_path / "nothing")
    (error,) = told(stream).errors
    assert isinstance(error, ConfigurationError)
    assert str(error) == f"Recording {tmp_path / 'nothing'} cannot be read: No such file or directory."


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_that_is_none_is_refused_at_once(speed: float) -> None:
    with pytest.raises(ConfigurationError, match="speed must be more than 0"):
        replay("x", speed=speed)


def test_each_subscriber_gets_a_replay_of_its_own(path: Path) -> None:
    recorded(path, PLAIN_EVENTS)
    stream = replay(path, speed=ALL_AT_ONCE)
    assert told(stream).events == told(stream).events == list(PLAIN_EVENTS)


def test_all_at_once_is_on_the_subscribing_thread(path: Path) -> None:
    recorded(path, PLAIN_EVENTS)
    threads: set[threading.Thread] = set()
    replay(path, speed=ALL_AT_ONCE).subscribe(lambda _: threads.add(threading.current_thread()))
    assert threads == {threading.current_thread()}


def slow_recording(path: Path) -> None:
    """Two events after 10 seconds, the rest and the end after 50."""
    scheduler = TestScheduler()
    times = [10.0, 10.0, *(50.0 for _ in PLAIN_EVENTS[2:])]
    script: list[Any] = [next_at(at, event) for at, event in zip(times, PLAIN_EVENTS, strict=True)]
    source = scheduler.create_cold_observable(*script, ReactiveTest.on_completed(50))
    played(source.pipe(record(path)), scheduler)


def test_without_a_scheduler_a_thread_of_its_own_delivers_and_ends(path: Path) -> None:
    slow_recording(path)
    threads: set[str] = set()
    found = Spy(act=lambda _: threads.add(threading.current_thread().name))
    began = time.monotonic()
    replay(path, speed=500).subscribe(found)
    assert found.ended.wait(30)
    assert 0.1 <= time.monotonic() - began < 20  # 50 seconds, 500 times as fast
    assert found.events == list(PLAIN_EVENTS)
    # On a busy machine the first events may be due at once, and these come on the subscribing thread.
    assert threads - {threading.current_thread().name} == {"rxeryph-replay"}


def test_a_replay_that_is_left_delivers_nothing_more_and_ends_its_thread(path: Path) -> None:
    slow_recording(path)
    two = threading.Semaphore(0)
    found = Spy(act=lambda _: two.release())
    subscription = replay(path, speed=8).subscribe(found)
    assert all(two.acquire(timeout=30) for _ in range(2))
    subscription.dispose()  # some seconds before the third is due
    assert len(found.events) == 2
    assert not found.ended.is_set()


class Waits(VirtualTimeScheduler):
    """Keeps what it was asked to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[Any] = []

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> Any:
        assert len(self.waits) < 10
        self.waits.append(super().schedule_relative(duetime, action, state))
        return self.waits[-1]


def test_a_replay_that_is_left_leaves_nothing_to_do(path: Path) -> None:
    slow_recording(path)
    scheduler = Waits()
    replay(path).subscribe(scheduler=scheduler).dispose()
    assert [wait.is_disposed for wait in scheduler.waits] == [True]


@pytest.mark.parametrize(("at", "speed"), [(2.1, 3), (2.7, 9), (1.1, 5)])
def test_a_clock_that_is_a_tiny_part_behind_is_waited_for_once(path: Path, at: float, speed: float) -> None:
    scheduler = TestScheduler()
    source = scheduler.create_cold_observable(next_at(at, PLAIN_EVENTS[0]))
    played(source.pipe(rx.take(1), record(path)), scheduler)
    waits = Waits()
    found = Spy()
    replay(path, speed=speed).subscribe(found, scheduler=waits)
    waits.start()
    assert (len(found.events), found.completed, len(waits.waits)) == (1, 1, 1)


def test_a_handler_may_leave_the_replay_it_hears(path: Path) -> None:
    recorded(path, PLAIN_EVENTS)
    found = told(replay(path, speed=ALL_AT_ONCE).pipe(rx.take(3)))
    assert (len(found.events), found.completed) == (3, 1)
    path.unlink()


def test_a_left_replay_reads_no_further(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(path, PLAIN_EVENTS)
    loaded: list[object] = []

    def load(data: object, snapshots: object) -> object:
        loaded.append(data)
        return PLAIN_EVENTS[0]

    monkeypatch.setattr(recording_file, "load_event", load)
    told(replay(path, speed=ALL_AT_ONCE).pipe(rx.take(1)))
    assert len(loaded) == 1


def test_the_scheduler_given_is_used_before_that_of_the_subscriber(path: Path) -> None:
    slow_recording(path)
    given, subscribers = TestScheduler(), TestScheduler()
    found = Spy()
    replay(path, scheduler=given).subscribe(found, scheduler=subscribers)
    subscribers.advance_to(100)
    assert found.events == []
    given.advance_to(100)
    assert found.completed == 1


def test_a_recording_survives_a_clock_that_is_set_back(path: Path) -> None:
    class SetBack(TestScheduler):
        at = 100.0

        @property
        def now(self) -> Any:
            self.at -= 1
            return self.to_datetime(self.at)

    source = Subject[AnyEvent]()
    source.pipe(record(path)).subscribe(scheduler=SetBack())
    source.on_next(PLAIN_EVENTS[0])
    source.on_completed()
    assert [line["at"] for line in lines(path) if "at" in line] == [0.0, 0.0]


def test_a_subscriber_of_a_replay_that_raises_ends_it(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: AnyEvent) -> None:
        raised.set()
        raise LookupError("mine")

    raised = threading.Event()
    slow_recording(path)
    found = Spy(act=fail)
    replay(path, speed=100).subscribe(found)
    assert raised.wait(30)
    for thread in threading.enumerate():
        if thread.name == "rxeryph-replay":
            thread.join(2)
            assert not thread.is_alive()
    assert len(found.events) == 1
    assert "LookupError: mine" in caplog.text


def test_a_snapshot_seen_by_an_error_is_written_too(path: Path) -> None:
    error = OperationVanishedError("said", operation_id="op", operation=PLAIN)
    recorded(path, [PLAIN_EVENTS[0]], error)
    assert sum("snapshot" in line for line in lines(path)) == 1
    found = told(replay(path, speed=ALL_AT_ONCE))
    assert found.errors == [error]
    assert isinstance(found.errors[0], OperationVanishedError)
    assert found.errors[0].operation is found.events[0].operation
