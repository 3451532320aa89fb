"""Which events the selecting operators pass."""

from __future__ import annotations

from dataclasses import replace

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
)
from rxeryph.model import OperationStatus, Task
from tests.unit.operators.stage import LOST, finished, log, passed, status
from tests.unit.samples import (
    CANCELLED,
    COMPLETED,
    EVENTS,
    FAILED,
    OPERATOR_EVENTS,
    QUEUED,
    RUNNING,
    entry,
    operation,
    task,
)

ALL_EVENTS = (*EVENTS, *OPERATOR_EVENTS)


def added(shown: Task, *others: Task, of: str = "op") -> TaskAdded:
    return TaskAdded(of, operation(tasks=(shown, *others), id=of), shown)


def updated(shown: Task, *others: Task) -> TaskUpdated:
    return TaskUpdated("op", operation(tasks=(shown, *others)), shown, replace(shown, progress=1))


# of_type


def test_of_type_passes_exactly_the_given_classes_and_their_subclasses() -> None:
    for event in EVENTS:
        assert passed(ops.of_type(type(event)), *EVENTS) == [event]
    assert passed(ops.of_type(TaskAdded, StatusChanged), *EVENTS) == [EVENTS[0], EVENTS[3]]
    assert passed(ops.of_type(Event), *ALL_EVENTS) == [*ALL_EVENTS]


# with_status


def test_with_status_compares_the_status_of_the_operation_the_task_or_the_result() -> None:
    shown = [status(FAILED), added(task(status=FAILED)), updated(task(status=FAILED)), finished(FAILED)]
    other = [status(RUNNING), added(task(status=QUEUED)), updated(task(status=COMPLETED)), finished(CANCELLED)]
    before = StatusChanged("op", operation(COMPLETED), COMPLETED, FAILED)
    assert passed(ops.with_status(FAILED), *other, *shown, before, *other) == shown


def test_with_status_takes_several_and_their_names_also_those_that_only_a_newer_server_knows() -> None:
    events = [status(value) for value in (*OperationStatus, OperationStatus("Paused"))]
    assert passed(ops.with_status("failed", "CANCELLED", COMPLETED, OperationStatus("Paused")), *events) == events[2:]


def test_with_status_drops_events_without_a_status() -> None:
    with_status = (StatusChanged, TaskAdded, TaskUpdated, OperationFinished)
    without = [event for event in ALL_EVENTS if not isinstance(event, with_status)]
    assert without
    assert passed(ops.with_status(*OperationStatus), *without) == []


# for_task

PRIMARY = task("p", display_name="Create catlet web")
HIDDEN = task("h", "p", name="PrepareGenesCommand")
NAMED = task("n-A", "h", display_name="Downloading gene")
INNER = task("i", "n-A", name="FetchPartCommand")
OTHER = task("o", "p", name="CleanUpCommand")
ALL = (PRIMARY, HIDDEN, NAMED, INNER, OTHER)


def line(id: str, task_id: str, shown: Task | None = None, tasks: tuple[Task, ...] = ()) -> LogEntryAdded:
    return LogEntryAdded("op", operation(tasks=tasks), entry(id, task_id=task_id), shown)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        *((name, HIDDEN) for name in ("h", "H", "PrepareGenesCommand", "preparegenes", "PREPAREGENESCOMMAND")),
        *((name, NAMED) for name in ("Downloading gene", "DOWNLOADING GENE", "n-A", "n-a", "N-A")),
        *((name, None) for name in ("Downloading", "gene", "Prepare", "Downloading geneCommand")),
    ],
)
def test_for_task_compares_the_whole_id_command_or_display_name_in_any_letter_case(
    name: str, found: Task | None
) -> None:
    events = {each: (added(each), line("1", each.id, each), updated(each)) for each in (PRIMARY, HIDDEN, NAMED)}
    of_the_task = [*events[found]] if found else []
    assert passed(ops.for_task(name), *events[PRIMARY], *events[HIDDEN], *events[NAMED]) == of_the_task


def test_for_task_passes_every_task_of_that_name() -> None:
    one, other = (task(id, "p", name="DownloadCommand") for id in "xy")
    assert passed(ops.for_task("Download"), added(one), added(other)) == [added(one), added(other)]


def test_for_task_passes_no_events_but_those_about_tasks() -> None:
    found = passed(ops.for_task("t1"), *ALL_EVENTS)
    assert [type(event) for event in found] == [TaskAdded, TaskUpdated, LogEntryAdded, LogEntriesAdded]


@pytest.mark.parametrize("others", [ALL, ()], ids=["in the snapshot of the event", "in the events before"])
def test_for_task_finds_the_tasks_above(others: tuple[Task, ...]) -> None:
    events = [added(one, *others) for one in ALL]
    assert passed(ops.for_task("h"), *events) == [events[1]]
    assert passed(ops.for_task("h", subtree=True), *events) == events[1:4]
    assert passed(ops.for_task("p", subtree=True), *events) == events
    assert passed(ops.for_task("op", subtree=True), *events) == events


def test_for_task_knows_the_task_of_an_entry_from_the_entry_the_snapshot_or_before() -> None:
    unknown, known = line("1", "h"), line("2", "h", tasks=(HIDDEN,))
    assert passed(ops.for_task("PrepareGenes"), unknown, known) == [known]
    assert passed(ops.for_task("h"), unknown, known) == [unknown, known]
    shown = [line("1", "n-A", NAMED), line("2", "n-A")]
    assert passed(ops.for_task("Downloading gene"), *shown) == shown
    inner = line("3", "i")
    assert passed(ops.for_task("h", subtree=True), *map(added, ALL), inner)[-1] == inner


def test_for_task_keeps_the_entries_of_a_batch_that_are_about_the_task() -> None:
    mine, foreign = entry("1", task_id="i"), entry("2", task_id="o")
    batch = LogEntriesAdded("op", operation(tasks=ALL), (mine, foreign))
    assert passed(ops.for_task("h", subtree=True), batch) == [replace(batch, entries=(mine,))]
    assert passed(ops.for_task("h"), batch) == []


def test_for_task_uses_the_newest_name_of_a_task() -> None:
    renamed = replace(NAMED, display_name="Expanding gene")
    events = [added(NAMED), updated(renamed), line("1", "n-A", renamed)]
    assert passed(ops.for_task("Expanding gene"), *events) == events[1:]


def test_for_task_does_not_mix_operations() -> None:
    """Both have a task of the same id, which is below ``h`` in one of them only."""
    mine, apart = added(NAMED, HIDDEN), added(replace(NAMED, parent_task_id="x"), of="other")
    events = [mine, apart, log("1", of="op", task_id="n-A"), log("2", of="other", task_id="n-A")]
    assert passed(ops.for_task("h", subtree=True), *events) == [mine, events[2]]


@pytest.mark.parametrize("end", [finished(), LOST], ids=["finished", "tracking failed"])
def test_for_task_forgets_the_tasks_of_an_operation_that_has_ended(end: Event) -> None:
    assert passed(ops.for_task("PrepareGenes"), added(HIDDEN), end, log("1", task_id="h")) == [added(HIDDEN)]
