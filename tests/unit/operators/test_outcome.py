"""What the operators about outcomes tell, and when."""

from __future__ import annotations

import pytest
from reactivex import Subject

from rxeryph import operators as ops
from rxeryph.errors import OperationCancelledError, OperationFailedError
from rxeryph.events import (
    AnyEvent,
    Event,
    LogEntriesAdded,
    LogEntryAdded,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
)
from rxeryph.model import OperationStatus, Task
from tests.unit.operators.piping import Operator, check_a_subscription, passed
from tests.unit.operators.watching import Stage, Watch, finished, log, status
from tests.unit.samples import (
    CANCELLED,
    COMPLETED,
    EVENTS,
    FAILED,
    NO_ROUTE,
    OPERATOR_EVENTS,
    RUNNING,
    entry,
    operation,
    task,
)

LOST = TrackingFailed("op", None, NO_ROUTE)


def failed(id: str = "t1", of: str = "op") -> TaskUpdated:
    return TaskUpdated(of, operation(id=of), task(id, status=FAILED), task(id))


def became(value: OperationStatus, id: str = "t1") -> TaskUpdated:
    return TaskUpdated("op", operation(), task(id, status=value), task(id))


# results


def test_results_are_told_however_an_operation_ended() -> None:
    ends = [finished(FAILED, "a"), finished(COMPLETED, "b"), finished(CANCELLED, "c")]
    told = passed(ops.results(), *EVENTS[:-1], *ends, *OPERATOR_EVENTS)
    assert told == [end.result for end in ends]


def test_a_stream_that_ends_without_a_result_gives_none() -> None:
    assert passed(ops.results(), *EVENTS[:-1]) == []


# require_success


@pytest.mark.parametrize(
    ("value", "error"), [(FAILED, OperationFailedError), (CANCELLED, OperationCancelledError)], ids=str
)
def test_require_success_replaces_the_end_of_a_failure_by_its_error(
    value: OperationStatus, error: type[Exception]
) -> None:
    source, watch = Subject[AnyEvent](), Watch()
    source.pipe(ops.require_success()).subscribe(watch)
    source.on_next(EVENTS[0])
    source.on_next(finished(value))
    assert not source.observers
    source.on_next(EVENTS[0])
    source.on_completed()
    first, end = watch.seen
    assert first == EVENTS[0]
    assert isinstance(end, error)
    assert "because" in str(end)


def test_require_success_lets_a_success_through() -> None:
    assert passed(ops.require_success(), EVENTS[0], finished(COMPLETED)) == [EVENTS[0], finished(COMPLETED)]


# errors


def test_errors_tell_a_failed_task_then_what_it_had_logged_then_what_it_logs_later() -> None:
    stage = Stage()
    story = stage.tell(
        (1, status()), (2, log("1")), (3, log("2")), (4, failed()), (5, log("3")), (6, finished(FAILED))
    )
    assert stage.watched(story.pipe(ops.errors())) == [
        (4, failed()),
        (4, log("1")),
        (4, log("2")),
        (5, log("3")),
    ]


def test_errors_are_silent_about_tasks_that_do_not_fail() -> None:
    events = [log("1"), log("2", task_id="t2"), became(COMPLETED), failed("t2"), log("3"), finished()]
    assert passed(ops.errors(), *events) == [failed("t2"), log("2", task_id="t2")]


def test_errors_know_a_task_that_had_failed_when_it_was_first_shown() -> None:
    shown = TaskAdded("op", operation(), task(status=FAILED))
    assert passed(ops.errors(), shown, log("1")) == [shown, log("1")]


def test_errors_tell_nothing_twice() -> None:
    assert passed(ops.errors(), log("1"), failed(), failed(), became(FAILED), log("2")) == [
        failed(),
        log("1"),
        log("2"),
    ]


def test_errors_keep_the_last_hundred_entries_of_each_task() -> None:
    many = [log(str(number), task_id=task_id) for number in range(150) for task_id in ("t1", "t2")]
    told = passed(ops.errors(), *many, failed("t2"))
    assert told == [failed("t2"), *many[101::2]]
    assert len(told) == 101


def test_errors_keep_nothing_of_a_task_that_ended_well() -> None:
    for value in (COMPLETED, CANCELLED):
        assert passed(ops.errors(), log("1"), became(value), failed()) == [failed()]
    assert passed(ops.errors(), log("1"), became(RUNNING), failed()) == [failed(), log("1")]


def test_errors_tell_an_entry_that_shows_its_own_task_as_failed() -> None:
    """As in ``stream.live``, when the task failed before."""
    late = LogEntryAdded("op", operation(), entry(), task(status=FAILED))
    assert passed(ops.errors(), late) == [late]


def test_errors_take_batches_apart() -> None:
    shown: tuple[Task, ...] = (task("t1"), task("t2"))
    snapshot = operation(tasks=shown)
    one, other, later = entry("1"), entry("2", task_id="t2"), entry("3")
    told = passed(
        ops.errors(),
        LogEntriesAdded("op", snapshot, (one, other)),
        failed(),
        LogEntriesAdded("op", snapshot, (later,)),
    )
    assert told == [
        failed(),
        LogEntryAdded("op", snapshot, one, shown[0]),
        LogEntryAdded("op", snapshot, later, shown[0]),
    ]


def test_errors_let_failed_tracking_through() -> None:
    assert passed(ops.errors(), log("1"), LOST) == [LOST]


def test_errors_keep_operations_apart() -> None:
    events = [log("1", of="a"), log("2", of="b"), failed(of="b"), log("3", of="a"), log("4", of="b")]
    assert passed(ops.errors(), *events) == [failed(of="b"), log("2", of="b"), log("4", of="b")]


@pytest.mark.parametrize("end", [finished(), LOST], ids=["finished", "tracking failed"])
def test_errors_forget_an_operation_that_ended(end: Event) -> None:
    told = passed(ops.errors(), log("1"), end, failed())
    assert told[-1] == failed()
    assert log("1") not in told


def test_whoever_leaves_while_a_failure_is_told_hears_no_more_of_it() -> None:
    stage = Stage()
    story = stage.tell((1, log("1")), (2, log("2")), (3, failed()))
    watch, subscription = stage.watch(story.pipe(ops.errors()), lambda event: subscription.dispose())
    stage.scheduler.advance_to(10)
    assert watch.seen == [failed()]
    assert stage.is_quiet


@pytest.mark.parametrize(
    ("operator", "going_in", "coming_out"),
    [
        (ops.results(), finished(), finished().result),
        (ops.require_success(), EVENTS[0], EVENTS[0]),
        (ops.errors(), failed(), failed()),
    ],
    ids=["results", "require_success", "errors"],
)
def test_a_subscription_begins_and_ends_as_its_subscriber_says(
    operator: Operator, going_in: object, coming_out: object
) -> None:
    check_a_subscription(operator, going_in, coming_out)
