"""What the operators about outcomes deliver, and when."""

from __future__ import annotations

import pytest
from reactivex import Subject

from rxeryph import operators as ops
from rxeryph.errors import OperationCancelledError, OperationFailedError
from rxeryph.events import AnyEvent, Event, LogEntriesAdded, LogEntryAdded, TaskAdded, TaskUpdated
from rxeryph.model import OperationStatus
from tests.observing import Spy
from tests.unit.operators.stage import LOST, finished, log, passed
from tests.unit.samples import CANCELLED, COMPLETED, EVENTS, FAILED, OPERATOR_EVENTS, RUNNING, entry, operation, task


def became(value: OperationStatus, id: str = "t1", of: str = "op") -> TaskUpdated:
    return TaskUpdated(of, operation(id=of), task(id, status=value), task(id))


def failed(id: str = "t1", of: str = "op") -> TaskUpdated:
    return became(FAILED, id, of)


def test_results_come_whatever_their_status_and_only_from_finished_operations() -> None:
    ends = [finished(FAILED, "a"), finished(COMPLETED, "b"), finished(CANCELLED, "c")]
    assert passed(ops.results(), *EVENTS[:-1], *ends, *OPERATOR_EVENTS) == [end.result for end in ends]


@pytest.mark.parametrize(
    ("value", "error"), [(FAILED, OperationFailedError), (CANCELLED, OperationCancelledError)], ids=str
)
def test_require_success_replaces_the_end_of_a_failure_with_its_error_and_leaves_the_source(
    value: OperationStatus, error: type[Exception]
) -> None:
    source, spy = Subject[AnyEvent](), Spy()
    source.pipe(ops.require_success()).subscribe(spy)
    source.on_next(EVENTS[0])
    source.on_next(finished(value))
    assert not source.observers
    assert spy.events == [EVENTS[0]]
    assert isinstance(spy.error, error)
    assert "because" in str(spy.error)


def test_require_success_passes_a_success() -> None:
    assert passed(ops.require_success(), EVENTS[0], finished(COMPLETED)) == [EVENTS[0], finished(COMPLETED)]


L1, L2, L3 = log("1"), log("2"), log("3")
OF_T2 = log("4", task_id="t2")
BEGAN_AS_FAILED = TaskAdded("op", operation(), task(status=FAILED))
SHOWS_ITS_TASK = LogEntryAdded("op", operation(), entry(), task(status=FAILED))
OF_A, OF_B = log("1", of="a"), log("2", of="b")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([L1, L2, failed(), L3, finished(FAILED)], [failed(), L1, L2, L3]),
        ([L1, OF_T2, became(COMPLETED), failed("t2"), L3, finished()], [failed("t2"), OF_T2]),
        ([BEGAN_AS_FAILED, L1], [BEGAN_AS_FAILED, L1]),
        ([L1, failed(), failed(), became(FAILED), L2], [failed(), L1, L2]),
        ([L1, became(COMPLETED), failed()], [failed()]),
        ([L1, became(CANCELLED), failed()], [failed()]),
        ([L1, became(RUNNING), failed()], [failed(), L1]),
        ([SHOWS_ITS_TASK], [SHOWS_ITS_TASK]),
        ([L1, LOST], [LOST]),
        ([OF_A, OF_B, failed(of="b"), OF_A, OF_B], [failed(of="b"), OF_B, OF_B]),
        ([L1, finished(), failed()], [failed()]),
        ([L1, LOST, failed()], [LOST, failed()]),
    ],
    ids=[
        "the task, its entries so far, and those that follow",
        "tasks that do not fail are silent",
        "a task that had failed when it was first shown",
        "nothing comes twice",
        "nothing is kept of a task that completed",
        "nor of one that was cancelled",
        "but of one that runs",
        "an entry whose own task is shown as failed, as in stream.live",
        "failed tracking passes",
        "operations are not mixed",
        "an operation that has finished is forgotten",
        "and one that is no longer tracked",
    ],
)
def test_errors(events: list[Event], expected: list[Event]) -> None:
    assert passed(ops.errors(), *events) == expected


def test_errors_keep_the_last_hundred_entries_of_each_task() -> None:
    many = [log(str(number), task_id=task_id) for number in range(150) for task_id in ("t1", "t2")]
    assert passed(ops.errors(), *many, failed("t2")) == [failed("t2"), *many[101::2]]


def test_errors_deliver_the_entries_of_a_batch_one_by_one() -> None:
    shown = (task("t1"), task("t2"))
    snapshot = operation(tasks=shown)
    one, other, later = entry("1"), entry("2", task_id="t2"), entry("3")
    batches = LogEntriesAdded("op", snapshot, (one, other)), LogEntriesAdded("op", snapshot, (later,))
    assert passed(ops.errors(), batches[0], failed(), batches[1]) == [
        failed(),
        LogEntryAdded("op", snapshot, one, shown[0]),
        LogEntryAdded("op", snapshot, later, shown[0]),
    ]


def test_a_subscriber_that_leaves_during_a_failure_gets_no_more_of_it() -> None:
    source, spy = Subject[Event](), Spy(act=lambda event: spy.leave())
    spy.subscription = source.pipe(ops.errors()).subscribe(spy)
    for event in (L1, L2, failed()):
        source.on_next(event)
    assert spy.seen == [failed()]
    assert not source.observers
