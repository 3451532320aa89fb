"""The walks over tasks: one order, each task once, and steps that grow with the number of tasks only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from rxeryph.events import TaskAdded
from rxeryph.model import Operation, Task
from rxeryph.model.task_tree import by_id, walk_down, walk_up
from rxeryph.outcome import Report, find_failure
from rxeryph.tracking import NOTHING_KNOWN, Progress, observe
from tests.unit.samples import FAILED, RUNNING, operation, task


def rows(*tasks: Task) -> list[tuple[int, str]]:
    return [(depth, found.id) for depth, found in walk_down(by_id(tasks))]


def at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def test_a_task_is_followed_by_everything_below_it() -> None:
    tasks = (task("a", "b"), task("b", "c"), task("c", "d"), task("d", "op"), task("e", "c"))
    assert rows(*tasks) == [(0, "d"), (1, "c"), (2, "b"), (3, "a"), (2, "e")]


def test_siblings_come_by_creation_then_by_id_and_without_a_time_last() -> None:
    tasks = (task("0"), task("c", created=at(2)), task("b", created=at(2)), task("z", created=at(1)), task("1"))
    assert rows(*tasks) == [(0, "z"), (0, "b"), (0, "c"), (0, "0"), (0, "1")]


def test_tasks_without_a_known_parent_are_roots() -> None:
    assert rows(task("b", "a"), task("o", "not shown"), task("a")) == [(0, "a"), (1, "b"), (0, "o")]
    assert rows() == []


def test_a_task_that_occurs_twice_counts_as_the_last() -> None:
    assert rows(task("a"), task("b"), task("a", "b")) == [(0, "b"), (1, "a")]


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ({"s": "s"}, [(0, "s")]),
        ({"2": "1", "1": "2", "p": "op"}, [(0, "p"), (0, "1"), (1, "2")]),
        # What hangs below a circle comes after it, although "a" sorts first.
        ({"a": "b", "b": "c", "c": "b"}, [(0, "b"), (1, "a"), (1, "c")]),
    ],
)
def test_a_circle_begins_with_the_first_of_its_tasks(
    parents: dict[str, str], expected: list[tuple[int, str]]
) -> None:
    assert rows(*(task(id, parent) for id, parent in parents.items())) == expected


def test_the_way_up_ends_with_the_id_that_is_no_task() -> None:
    known = by_id((task("b", "a"), task("a"), task("x", "y"), task("y", "x"), task("s", "s")))
    for begin, way in (("b", ["b", "a", "op"]), ("?", ["?"]), ("x", ["x", "y"]), ("s", ["s"])):
        assert [*walk_up(known, begin)] == way


def chain(count: int, id_of: Callable[[int], str] = str) -> Iterable[Task]:
    """Each task below the one before; the deepest comes first."""
    return (task(id_of(index), id_of(index - 1) if index else "op", FAILED) for index in reversed(range(count)))


def circle(count: int, id_of: Callable[[int], str] = str) -> Iterable[Task]:
    return (task(id_of(index), id_of((index + 1) % count), FAILED) for index in range(count))


def brush(count: int, id_of: Callable[[int], str] = str) -> Iterable[Task]:
    """A chain of one half, with the other half below its deepest task."""
    half = count // 2
    return (*chain(half, id_of), *(task(id_of(half + index), id_of(half - 1), FAILED) for index in range(half)))


READERS: dict[str, Callable[[Operation], object]] = {
    "observe": lambda snapshot: observe(NOTHING_KNOWN, snapshot),
    "tree": lambda snapshot: Progress.of(snapshot).tree,
    "phase": lambda snapshot: Progress.of(snapshot).phase,
    "failure": find_failure,
    "report": lambda snapshot: Report(snapshot).to_dict(),
}


def test_five_thousand_tasks_in_a_chain() -> None:
    snapshot = operation(RUNNING, tasks=chain(5000))
    for read in READERS.values():
        read(snapshot)
    known, events = observe(NOTHING_KNOWN, snapshot)
    assert [event.task.id for event in events if isinstance(event, TaskAdded)] == [str(each) for each in range(5000)]
    (node,) = Progress.of(snapshot).tree
    for depth in range(4999):
        assert node.task.id == str(depth)
        (node,) = node.children
    assert len(find_failure(snapshot).ancestors) == 4999
    assert str(Report(snapshot)).endswith("Failed: CreateCatlet  4999")
    assert len(known.tasks) == 5000


class CountedId(str):
    """An id that counts how often any of its kind is looked up or compared."""

    __slots__ = ()
    steps = 0

    def __hash__(self) -> int:
        CountedId.steps += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        CountedId.steps += 1
        return super().__eq__(other)


def steps(read: Callable[[Operation], object], shape: Callable[..., Iterable[Task]], count: int) -> int:
    snapshot = operation(RUNNING, tasks=shape(count, lambda index: CountedId(f"{index:04}")))
    CountedId.steps = 0
    read(snapshot)
    return CountedId.steps


@pytest.mark.parametrize("shape", [chain, circle, brush])
@pytest.mark.parametrize("reader", READERS)
def test_twice_the_tasks_take_twice_the_steps(reader: str, shape: Callable[..., Iterable[Task]]) -> None:
    few, many = (steps(READERS[reader], shape, count) for count in (200, 400))
    assert 400 <= many <= 2.1 * few
