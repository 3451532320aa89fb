"""Why an operation failed, derived from what the server shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rxeryph.model import Task
from rxeryph.outcome import find_failure
from tests.unit.samples import COMPLETED, FAILED, RUNNING, entry, operation, task

ROOT = task("root", status=FAILED)
MIDDLE = task("middle", "root", FAILED)
LEAF = task("leaf", "middle", FAILED)
FINE = task("fine", "leaf", COMPLETED)
STILL = task("still", "root", RUNNING)


def titles(tasks: tuple[Task, ...]) -> list[str]:
    return [found.id for found in tasks]


def test_the_failed_task_without_a_failed_task_below_it_and_its_ancestors() -> None:
    failure = find_failure(operation(FAILED, tasks=(STILL, LEAF, FINE, ROOT, MIDDLE), message="broken"))
    assert failure.task is LEAF
    assert titles(failure.ancestors) == ["middle", "root"]
    assert failure.status_message == "broken"


def test_ancestors_are_listed_even_if_they_did_not_fail() -> None:
    running = task("middle", "root", RUNNING)
    failure = find_failure(operation(FAILED, tasks=(ROOT, running, LEAF)))
    assert failure.task is LEAF
    assert titles(failure.ancestors) == ["middle", "root"]


def test_entries_of_the_task_then_of_those_below_it_then_of_its_failed_ancestors() -> None:
    below = task("below", "leaf", COMPLETED)
    deeper = task("deeper", "below", RUNNING)
    between = task("between", "root", RUNNING)
    middle = replace(MIDDLE, parent_task_id="between")
    entries = (
        entry("a", 1.0, "root"),
        entry("b", 3.0, "leaf"),
        entry("d", 2.0, "leaf"),
        entry("c", 2.0, "leaf"),
        entry("e", 0.0, "still"),
        entry("f", 0.5, "middle"),
        entry("g", 0.2, "below"),
        entry("h", 0.1, "deeper"),
        entry("i", 0.0, "between"),
    )
    tasks = (ROOT, between, middle, LEAF, STILL, below, deeper)
    failure = find_failure(operation(FAILED, tasks=tasks, entries=entries))
    assert titles(failure.ancestors) == ["middle", "between", "root"]
    assert [line.id for line in failure.entries] == ["c", "d", "b", "h", "g", "f", "a"]


def test_of_several_tasks_the_one_that_ended_first_even_if_others_are_deeper() -> None:
    end = datetime(2026, 5, 28, tzinfo=UTC)
    early = task("early", "root", FAILED, ended_at=end)
    late = replace(LEAF, ended_at=end + timedelta(seconds=1))
    unknown = task("unknown", "middle", FAILED)
    for tasks in ((ROOT, MIDDLE, late, early, unknown), (unknown, early, late, MIDDLE, ROOT)):
        assert find_failure(operation(FAILED, tasks=tasks)).task is early


def test_a_task_with_a_failed_task_below_it_is_never_where_it_began() -> None:
    early = replace(ROOT, ended_at=datetime(2026, 5, 28, tzinfo=UTC))
    between = replace(MIDDLE, status=RUNNING)
    assert find_failure(operation(FAILED, tasks=(early, between, LEAF))).task is LEAF


def test_of_several_tasks_without_times_the_deepest() -> None:
    shallow = task("a", "root", FAILED)
    assert find_failure(operation(FAILED, tasks=(shallow, ROOT, MIDDLE, LEAF))).task is LEAF


def test_of_equal_tasks_the_same_is_always_chosen() -> None:
    one, two = task("one", "root", FAILED), task("two", "root", FAILED)
    assert find_failure(operation(FAILED, tasks=(ROOT, one, two))).task is one
    assert find_failure(operation(FAILED, tasks=(two, one, ROOT))).task is one


def test_without_a_failed_task_there_is_only_the_message() -> None:
    failure = find_failure(operation(FAILED, tasks=(STILL,), entries=(entry(task_id="still"),)))
    assert (failure.task, failure.ancestors, failure.entries) == (None, (), ())
    assert failure.status_message == "Failed"


def test_tasks_in_a_circle() -> None:
    one, two, three = task("1", "3", FAILED), task("2", "1", FAILED), task("3", "2", RUNNING)
    failure = find_failure(operation(FAILED, tasks=(two, three, one, task("self", "self", FAILED))))
    assert failure.task is two
    assert titles(failure.ancestors) == ["1", "3"]
