"""Why an operation failed, derived from what the server shows."""

from __future__ import annotations

from rxeryph.model import Task
from rxeryph.result import find_failure
from tests.unit.samples import COMPLETED, FAILED, RUNNING, entry, operation, task

ROOT = task("root", status=FAILED)
MIDDLE = task("middle", "root", FAILED)
LEAF = task("leaf", "middle", FAILED)
FINE = task("fine", "leaf", COMPLETED)
STILL = task("still", "root", RUNNING)


def titles(tasks: tuple[Task, ...]) -> list[str]:
    return [found.id for found in tasks]


def test_the_deepest_failed_task_and_its_way_up() -> None:
    failure = find_failure(operation(FAILED, tasks=(STILL, LEAF, FINE, ROOT, MIDDLE), message="broken"))
    assert failure.task is LEAF
    assert titles(failure.ancestors) == ["middle", "root"]
    assert failure.status_message == "broken"


def test_ancestors_are_named_even_when_they_did_not_fail() -> None:
    running = task("middle", "root", RUNNING)
    failure = find_failure(operation(FAILED, tasks=(ROOT, running, LEAF)))
    assert failure.task is LEAF
    assert titles(failure.ancestors) == ["middle", "root"]


def test_the_lines_of_the_chain_the_deepest_task_first_then_by_time() -> None:
    entries = (
        entry("a", 1.0, "root"),
        entry("b", 3.0, "leaf"),
        entry("d", 2.0, "leaf"),
        entry("c", 2.0, "leaf"),
        entry("e", 0.0, "still"),
        entry("f", 0.5, "middle"),
    )
    failure = find_failure(operation(FAILED, tasks=(ROOT, MIDDLE, LEAF, STILL), entries=entries))
    assert [line.id for line in failure.entries] == ["c", "d", "b", "f", "a"]


def test_of_equally_deep_tasks_always_the_same_is_chosen() -> None:
    one, two = task("one", "root", FAILED), task("two", "root", FAILED)
    assert find_failure(operation(FAILED, tasks=(ROOT, one, two))).task is two
    assert find_failure(operation(FAILED, tasks=(two, one, ROOT))).task is two


def test_without_a_failed_task_only_the_message_is_left() -> None:
    failure = find_failure(operation(FAILED, tasks=(STILL,), entries=(entry(task_id="still"),)))
    assert (failure.task, failure.ancestors, failure.entries) == (None, (), ())
    assert failure.status_message == "Failed"


def test_tasks_in_a_circle_do_no_harm() -> None:
    one, two = task("one", "two", FAILED), task("two", "one", FAILED)
    itself = task("self", "self", FAILED)
    failure = find_failure(operation(FAILED, tasks=(one, two, itself)))
    assert failure.task in (one, two)
    assert len(failure.ancestors) == 1
