"""A stream becomes a file, which has everything but secrets. ``test_recording_laws`` proves the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Subject
from reactivex import operators as rx
from reactivex.testing import TestScheduler

from rxeryph.bridges import recording_file
from rxeryph.bridges.recording import record
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
from tests.unit.bridges.recordings import PLAIN, PLAIN_EVENTS, lines, recorded, replayed, watched
from tests.unit.playing import STORY, playing
from tests.unit.samples import CATLET, COMPLETED, ERRORS, EVENTS, FULL, OPERATOR_EVENTS, RUNNING, operation, task

EVENT, OTHER_EVENT = PLAIN_EVENTS[:2]
A, B = operation(id="a"), operation(tasks=(task("t1"), task("t2")), id="b")


def test_every_event_comes_back_equal(path: Path) -> None:
    assert all(seen is event for seen, event in zip(recorded(path, PLAIN_EVENTS).events, PLAIN_EVENTS, strict=True))
    again = replayed(path)
    assert again.events == [*PLAIN_EVENTS]
    assert [type(event) for event in again.events] == [type(event) for event in PLAIN_EVENTS]
    assert again.completed == 1


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_comes_back_with_its_class_and_attributes(path: Path, error: RxEryphError) -> None:
    if isinstance(error, OperationError):
        error = type(error)("said", operation_id="op", operation=PLAIN)
    assert recorded(path, [], error).error is error
    again = replayed(path).error
    assert type(again) is type(error)
    assert (vars(again), str(again)) == (vars(error), str(error))


class Special(ConfigurationError):
    """An error of a user, derived from one of ours."""


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ZeroDivisionError("by zero"), RxEryphError("ZeroDivisionError: by zero")),
        (Special("said", place="here"), ConfigurationError("said", place="here")),
    ],
)
def test_an_error_of_another_class_comes_back_as_the_nearest_of_ours(
    path: Path, error: Exception, again: RxEryphError
) -> None:
    recorded(path, [], error)
    assert replayed(path).errors == [again]


def test_a_snapshot_is_written_once_for_the_events_of_a_poll_also_in_a_merged_stream(path: Path) -> None:
    changed = [StatusChanged("a", A, RUNNING), TaskAdded("b", B, B.tasks[0])] * 2
    error = OperationVanishedError("said", operation_id="b", operation=B)
    recorded(path, [*changed, OperationFinished("b", B, OperationResult(B))], error)
    assert [line["operation"]["id"] for line in lines(path) if "snapshot" in line] == ["a", "b"]
    again = replayed(path)
    assert isinstance(again.error, OperationVanishedError)
    ofs = [event.operation for event in again.events] + [again.events[-1].result.operation, again.error.operation]
    assert all(of is ofs[place] for of, place in zip(ofs, [0, 1, 0, 1, 1, 1, 1], strict=True))


def test_a_result_comes_back_without_its_connection(path: Path) -> None:
    done = operation(COMPLETED, resources=(CATLET,))
    recorded(path, [OperationFinished("op", done, OperationResult(done))])
    with pytest.raises(MissingResultError, match="not connected to a server"):
        _ = replayed(path).events[0].result.catlet


def test_no_token_is_in_a_recording_and_the_snapshot_says_so(path: Path) -> None:
    recorded(path, [*EVENTS, *OPERATOR_EVENTS], ERRORS[-1])
    assert "a-very-secret-token" not in path.read_text("utf-8")
    snapshot = next(line["operation"] for line in lines(path) if "snapshot" in line)
    assert (snapshot["result"]["token"], snapshot["secrets"]) == ("", "left out")
    assert replayed(path).events[0].operation == replace(FULL, result=SshChannelResult(""))


def test_each_event_is_in_the_file_when_it_is_passed_on(path: Path) -> None:
    source, seen = Subject[AnyEvent](), list[int]()
    reactivex.of(EVENT).pipe(record(str(path)))
    assert not path.exists()
    subscription = source.pipe(record(path)).subscribe(lambda _: seen.append(len(lines(path))))
    assert lines(path) == [{"rxeryph": "recording", "version": 1}]
    source.on_next(EVENT)
    source.on_next(EVENT)
    assert seen == [3, 4]
    subscription.dispose()


def test_text_of_any_language_and_broken_text_survive(path: Path) -> None:
    events = [StatusChanged("op", operation(message=text), RUNNING) for text in ("Größe 😀", "\ud800", "a\nb\u2028c")]
    recorded(path, events)
    assert replayed(path).events == events
    assert "Größe 😀" in path.read_text("utf-8")


def test_a_second_subscriber_is_refused_and_the_first_recording_stays(path: Path) -> None:
    source = Subject[AnyEvent]()
    stream = source.pipe(record(path))
    first, second = watched(stream), watched(stream)
    assert isinstance(second.error, ConfigurationError)
    assert f"{path} already exists" in str(second.error)
    assert second.error.place == str(path)
    source.on_next(EVENT)
    source.on_completed()
    assert (first.events, first.completed, second.events) == ([EVENT], 1, [])
    assert replayed(path).events == first.events


def test_a_shared_recording_serves_several(path: Path) -> None:
    source = Subject[AnyEvent]()
    stream = source.pipe(record(path), rx.share())
    first, second = watched(stream), watched(stream)
    source.on_next(EVENT)
    source.on_completed()
    assert first.events == second.events == [EVENT]
    assert [line.get("end") for line in lines(path)].count("completed") == 1


def test_a_file_that_cannot_be_created_is_an_error_and_the_source_is_not_subscribed_to(tmp_path: Path) -> None:
    source, path = Subject[AnyEvent](), tmp_path / "missing" / "run.ndjson"
    error = watched(source.pipe(record(path))).error
    assert isinstance(error, ConfigurationError)
    assert str(error) == f"Recording {path} cannot be written: No such file or directory."
    assert not source.observers


class Disk:
    """A file on a disk that takes ``whole`` writes, of at most ``size`` bytes, and is full then."""

    def __init__(self, whole: int, size: int = 1_000_000) -> None:
        self.closed = False
        self.text = b""
        self._whole = whole
        self._size = size

    def write(self, data: memoryview) -> int:
        if self._whole <= 0:
            raise OSError(28, "No space left on device")
        self._whole -= 1
        self.text += bytes(data[: self._size])
        return min(len(data), self._size)

    def close(self) -> None:
        self.closed = True


Use = Callable[[Disk], Disk]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    def use(disk: Disk) -> Disk:
        monkeypatch.setattr(recording_file, "open", lambda *_, **__: disk, raising=False)
        return disk

    return use


@pytest.mark.parametrize("whole", [0, 1])
def test_a_full_disk_ends_the_stream_with_an_error(path: Path, use: Use, whole: int) -> None:
    disk, source = use(Disk(whole)), Subject[AnyEvent]()
    spy = watched(source.pipe(record(path)))
    source.on_next(EVENT)
    source.on_next(EVENT)
    assert isinstance(spy.error, ConfigurationError)
    assert "cannot be written: No space left on device" in str(spy.error)
    assert (spy.events, disk.closed, source.observers) == ([], True, [])


def test_an_end_that_cannot_be_written_is_an_error_but_hides_none_of_the_stream(
    path: Path, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    use(Disk(1))
    assert isinstance(watched(reactivex.empty().pipe(record(path))).error, ConfigurationError)
    use(Disk(1))
    assert watched(reactivex.throw(ERRORS[4]).pipe(record(path))).errors == [ERRORS[4]]
    use(Disk(1))
    watched(reactivex.never().pipe(record(path))).leave()
    assert caplog.text.count("The end of a stream was not recorded") == 2


def test_a_write_may_take_several_pieces(path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = use(Disk(1_000_000, size=7))
    recorded(path, PLAIN_EVENTS)
    monkeypatch.undo()
    path.write_bytes(disk.text)
    assert replayed(path).events == [*PLAIN_EVENTS]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (7, "only events can be recorded, not int; put record() before"),
        (StatusChanged("op", operation(), 7), "a StatusChanged of operation op cannot be written:"),  # type: ignore[arg-type]
        (
            StatusChanged("op", operation(result=CatletConfigResult({"a": object()})), RUNNING),
            "a StatusChanged of operation op cannot be written:",
        ),
        (Event("op"), "a Event of operation op cannot be written: "),
    ],
)
def test_a_value_that_cannot_be_written_ends_the_stream_with_the_reason(path: Path, broken: Any, words: str) -> None:
    source = Subject[Any]()
    spy = watched(source.pipe(record(path)))
    for value in (EVENT, broken, EVENT):
        source.on_next(value)
    assert spy.events == [EVENT]
    assert isinstance(spy.error, ConfigurationError)
    assert words in str(spy.error)
    assert not source.observers
    again = replayed(path)
    assert again.events == [EVENT]
    assert "cut off" in str(again.error)


def test_an_error_that_cannot_be_written_still_reaches_the_subscriber(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = TransportError("said", method="GET", url="x", attempts="many")  # type: ignore[arg-type]
    assert recorded(path, [], broken).error is broken
    assert "a TransportError cannot be written" in caplog.text


def test_a_recording_that_is_left_early_is_replayed_as_completed(path: Path) -> None:
    source = Subject[AnyEvent]()
    spy = watched(source.pipe(record(path), rx.take(1)))
    source.on_next(EVENT)
    assert (spy.completed, source.observers) == (1, [])
    assert lines(path)[-1]["end"] == "disposed"
    again = replayed(path)
    assert (again.events, again.completed) == ([EVENT], 1)


def test_a_real_stream_is_recorded_also_when_its_subscriber_raises(path: Path) -> None:
    spy, raising = Spy(), Spy(raises={"on_next": LookupError("mine")})
    broken = path.with_name("broken.ndjson")
    with playing(*STORY) as (stream, _):
        stream.pipe(record(path)).subscribe(spy)
        stream.pipe(record(broken)).subscribe(raising)
        assert spy.ended.wait(30)
        assert raising.ended.wait(30)
    again = replayed(path)
    assert (again.events, again.completed) == (spy.events, 1)
    assert lines(broken)[-1]["error"] == {"type": "RxEryphError", "message": "LookupError: mine"}


def test_a_clock_that_is_set_back_makes_no_negative_times(path: Path) -> None:
    class SetBack(TestScheduler):
        at = 100.0

        @property
        def now(self) -> Any:
            self.at -= 1
            return self.to_datetime(self.at)

    source = Subject[AnyEvent]()
    source.pipe(record(path)).subscribe(scheduler=SetBack())
    source.on_next(EVENT)
    source.on_completed()
    assert [line["at"] for line in lines(path) if "at" in line] == [0.0, 0.0]
