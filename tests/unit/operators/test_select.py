"""Which events the selecting operators let through."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from rxeryph import operators as ops
from rxeryph.events import (
    Event,
    LogEntriesAdded,
    LogEntryAdded,
    OperationFinished,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
)
from rxeryph.model import OperationStatus, Task
from tests.unit.operators.piping import Operator, check_a_subscription, passed
from tests.unit.operators.watching import finished, log, status
from tests.unit.samples import (
    CANCELLED,
    COMPLETED,
    EVENTS,
    FAILED,
    NO_ROUTE,
    OPERATOR_EVENTS,
    QUEUED,
    RUNNING,
    entry,
    operation,
    task,
)


def added(shown: Task, *others: Task, of: str = "op") -> TaskAdded:
    return TaskAdded(of, operation(tasks=(shown, *others), id=of), shown)


def updated(shown: Task, *others: Task, of: str = "op") -> TaskUpdated:
    return TaskUpdated(of, operation(tasks=(shown, *others), id=of), shown, replace(shown, progress=1))


# of_type


def test_of_type_lets_exactly_the_given_classes_through() -> None:
    for event in EVENTS:
        assert passed(ops.of_type(type(event)), *EVENTS) == [event]
    assert [type(event) for event in passed(ops.of_type(TaskAdded, StatusChanged), *EVENTS)] == [
        StatusChanged,
        TaskAdded,
    ]


def test_of_type_counts_subclasses() -> None:
    assert passed(ops.of_type(Event), *EVENTS, *OPERATOR_EVENTS) == [*EVENTS, *OPERATOR_EVENTS]


@pytest.mark.parametrize("wrong", [(), ("log_entry",), (LogEntryAdded, None), (EVENTS[0],)])
def test_of_type_refuses_what_is_no_class_when_it_is_called(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="of_type needs"):
        ops.of_type(*wrong)


# with_status


def test_with_status_looks_at_the_operation_the_task_and_the_result() -> None:
    shown = [status(FAILED), added(task(status=FAILED)), updated(task(status=FAILED)), finished(FAILED)]
    other = [status(RUNNING), added(task(status=QUEUED)), updated(task(status=COMPLETED)), finished(CANCELLED)]
    assert passed(ops.with_status(FAILED), *other, *shown, *other) == shown


def test_with_status_means_the_status_now_not_the_one_before() -> None:
    ended = operation(COMPLETED)
    assert passed(ops.with_status(RUNNING), StatusChanged("op", ended, COMPLETED, RUNNING)) == []


def test_with_status_takes_several_and_their_names_in_any_letter_case() -> None:
    events = [status(value) for value in OperationStatus]
    assert passed(ops.with_status("failed", "CANCELLED", COMPLETED), *events) == events[2:]


def test_with_status_takes_a_name_only_a_newer_server_knows() -> None:
    paused = status(OperationStatus("Paused"))
    assert passed(ops.with_status("Paused"), status(RUNNING), paused) == [paused]


def test_with_status_drops_events_about_nothing_that_has_one() -> None:
    without = [event for event in (*EVENTS, *OPERATOR_EVENTS) if not isinstance(event, STATUS_EVENTS)]
    assert len(without) == 9
    assert passed(ops.with_status(*OperationStatus), *without) == []


STATUS_EVENTS = (StatusChanged, TaskAdded, TaskUpdated, OperationFinished)


@pytest.mark.parametrize(
    ("wrong", "said"), [((), "at least one status"), ((FAILED, None), "got None"), ((3,), "got 3")]
)
def test_with_status_refuses_what_is_no_status_when_it_is_called(wrong: tuple[Any, ...], said: str) -> None:
    with pytest.raises(TypeError, match=f"with_status needs .*{said}"):
        ops.with_status(*wrong)


# for_task

PRIMARY = task("p", display_name="Create catlet web")
HIDDEN = task("h", "p", name="PrepareGenesCommand")
NAMED = task("n", "h", display_name="Downloading gene")
INNER = task("i", "n", name="FetchPartCommand")
OTHER = task("o", "p", name="CleanUpCommand")
ALL = (PRIMARY, HIDDEN, NAMED, INNER, OTHER)


def line(id: str, task_id: str, shown: Task | None = None, tasks: tuple[Task, ...] = ()) -> LogEntryAdded:
    return LogEntryAdded("op", operation(tasks=tasks), entry(id, task_id=task_id), shown)


@pytest.mark.parametrize(
    "name", ["h", "H", "PrepareGenesCommand", "PrepareGenes", "preparegenes", "PREPAREGENESCOMMAND"], ids=str
)
def test_for_task_knows_a_task_by_its_id_or_command(name: str) -> None:
    mine = [added(HIDDEN), line("1", "h", HIDDEN), updated(HIDDEN)]
    assert passed(ops.for_task(name), added(PRIMARY), *mine, line("2", "p", PRIMARY)) == mine


def test_for_task_knows_an_id_in_any_letter_case() -> None:
    mine = added(task("0D9C-a"))
    for name in ("0D9C-a", "0d9c-a", "0D9C-A"):
        assert passed(ops.for_task(name), mine) == [mine]


@pytest.mark.parametrize("name", ["Downloading gene", "DOWNLOADING GENE", "n"])
def test_for_task_knows_a_task_by_its_display_name(name: str) -> None:
    mine = [added(NAMED), line("1", "n", NAMED)]
    assert passed(ops.for_task(name), *mine, added(HIDDEN)) == mine


@pytest.mark.parametrize("name", ["Downloading", "gene", "Prepare", "Downloading geneCommand"])
def test_for_task_wants_the_whole_name(name: str) -> None:
    assert passed(ops.for_task(name), added(NAMED), added(HIDDEN)) == []


def test_for_task_means_every_task_that_is_called_so() -> None:
    one, other = (task(id, "p", name="DownloadCommand") for id in "xy")
    assert passed(ops.for_task("Download"), added(one), added(other)) == [added(one), added(other)]


def test_for_task_lets_nothing_but_events_about_tasks_through() -> None:
    mine = passed(ops.for_task("t1"), *EVENTS, *OPERATOR_EVENTS)
    assert [type(event) for event in mine] == [TaskAdded, TaskUpdated, LogEntryAdded, LogEntriesAdded]


def test_for_task_without_the_subtree_leaves_the_tasks_below_out() -> None:
    assert passed(ops.for_task("h"), *(added(one, *ALL) for one in ALL)) == [added(HIDDEN, *ALL)]


def test_for_task_with_its_subtree_lets_the_tasks_below_through() -> None:
    events = [added(one, *ALL) for one in ALL]
    assert passed(ops.for_task("h", subtree=True), *events) == events[1:4]
    assert passed(ops.for_task("p", subtree=True), *events) == events
    assert passed(ops.for_task("op", subtree=True), *events) == events


def test_for_task_finds_parents_in_what_was_seen_before() -> None:
    """Each event shows its own task only."""
    events = [added(one) for one in ALL]
    assert passed(ops.for_task("h", subtree=True), *events) == events[1:4]


def test_for_task_finds_parents_in_the_snapshot_of_the_event() -> None:
    inner = added(INNER, NAMED, HIDDEN)
    assert passed(ops.for_task("h", subtree=True), inner) == [inner]


def test_for_task_knows_the_task_of_an_entry_that_comes_without_it() -> None:
    unknown, known = line("1", "h"), line("2", "h", tasks=(HIDDEN,))
    assert passed(ops.for_task("PrepareGenes"), unknown, known) == [known]
    assert passed(ops.for_task("h"), unknown, known) == [unknown, known]
    inner = line("3", "i")
    assert passed(ops.for_task("h", subtree=True), *map(added, ALL), inner)[-1] == inner


def test_for_task_takes_the_task_an_entry_comes_with() -> None:
    entries = [line("1", "n", NAMED), line("2", "n")]
    assert passed(ops.for_task("Downloading gene"), *entries) == entries


def test_for_task_keeps_the_entries_of_a_batch_that_belong() -> None:
    snapshot = operation(tasks=ALL)
    mine, foreign = entry("1", task_id="i"), entry("2", task_id="o")
    batch = LogEntriesAdded("op", snapshot, (mine, foreign))
    assert passed(ops.for_task("h", subtree=True), batch) == [LogEntriesAdded("op", snapshot, (mine,))]
    assert passed(ops.for_task("h"), batch) == []


def test_for_task_calls_tasks_by_their_newest_name() -> None:
    renamed = replace(NAMED, display_name="Expanding gene")
    events = [added(NAMED), updated(renamed), line("1", "n", renamed)]
    assert passed(ops.for_task("Expanding gene"), *events) == events[1:]


def test_for_task_keeps_operations_apart() -> None:
    """Both operations have a task ``n``, below ``h`` in one of them only."""
    mine, apart = added(NAMED, HIDDEN), added(replace(NAMED, parent_task_id="x"), of="other")
    events = [mine, apart, log("1", of="op", task_id="n"), log("2", of="other", task_id="n")]
    assert passed(ops.for_task("h", subtree=True), *events) == [mine, events[2]]


@pytest.mark.parametrize("end", [finished(), TrackingFailed("op", None, NO_ROUTE)], ids=["finished", "failed"])
def test_for_task_forgets_the_tasks_of_an_operation_that_ended(end: Event) -> None:
    assert passed(ops.for_task("PrepareGenes"), added(HIDDEN), end, log("1", task_id="h")) == [added(HIDDEN)]


def test_tasks_in_a_circle_do_no_harm() -> None:
    one, other = task("x", "y", name="One"), task("y", "x", name="Other")
    events = [added(one, other), added(other, one), added(task("z", "z", name="Own"))]
    assert passed(ops.for_task("nobody", subtree=True), *events) == []
    assert passed(ops.for_task("One", subtree=True), *events) == events[:2]


@pytest.mark.parametrize("wrong", ["", None, HIDDEN])
def test_for_task_refuses_what_calls_no_task_when_it_is_called(wrong: Any) -> None:
    with pytest.raises(TypeError, match=re.escape(f"name of a task, got {wrong!r}")):
        ops.for_task(wrong)


@pytest.mark.parametrize(
    "operator",
    [ops.of_type(Event), ops.with_status(RUNNING), ops.for_task("CreateCatlet")],
    ids=["of_type", "with_status", "for_task"],
)
def test_a_subscription_begins_and_ends_as_its_subscriber_says(operator: Operator) -> None:
    check_a_subscription(operator, EVENTS[3], EVENTS[3])
