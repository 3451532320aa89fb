"""Laws of the task tree, whatever the parents of the tasks are."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from rxeryph.model import Task
from rxeryph.model.task_tree import by_id, sibling_order, walk_down, walk_up
from rxeryph.model.timestamps import from_ticks
from rxeryph.tracking import Progress, TaskNode
from tests.property.histories import RUNNING

ids = st.sampled_from("abcdefgh")
tasks = st.builds(
    Task,
    ids,
    ids | st.just("op"),
    st.just("Command"),
    st.just(RUNNING),
    created=st.none() | st.integers(0, 3).map(from_ticks),
)


def in_circle(known: dict[str, Task], task: Task) -> bool:
    return task.id in list(walk_up(known, task.parent_task_id))


@given(st.lists(tasks, max_size=12))
def test_each_task_comes_once_below_its_parent(some: list[Task]) -> None:
    known = by_id(some)
    rows = [*walk_down(known)]
    assert sorted(task.id for _, task in rows) == sorted(known)
    path: list[Task] = []
    for depth, task in rows:
        assert depth <= len(path)
        siblings = path[depth:][:1]
        del path[depth:]
        if depth:
            assert task.parent_task_id == path[-1].id
        else:
            assert task.parent_task_id not in known or in_circle(known, task)
        for sibling in siblings:
            if depth or not in_circle(known, task):
                assert sibling_order(sibling) < sibling_order(task)
        path.append(task)


@given(st.lists(tasks, max_size=12), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_reply(some: list[Task], chance: random.Random) -> None:
    known = by_id(some)
    items = list(known.items())
    chance.shuffle(items)
    assert [*walk_down(dict(items))] == [*walk_down(known)]


@given(st.lists(tasks, max_size=12), ids)
def test_the_way_up_follows_the_parents_and_ends(some: list[Task], begin: str) -> None:
    known = by_id(some)
    way = [*walk_up(known, begin)]
    assert len(way) == len({*way})
    assert way[0] == begin
    assert [known[each].parent_task_id for each in way[:-1]] == way[1:]
    assert way[-1] not in known or known[way[-1]].parent_task_id in way


@given(st.lists(tasks, max_size=12))
def test_the_tree_of_the_progress_has_the_same_rows(some: list[Task]) -> None:
    def rows(nodes: tuple[TaskNode, ...], depth: int = 0) -> list[tuple[int, Task]]:
        return [row for node in nodes for row in ((depth, node.task), *rows(node.children, depth + 1))]

    progress = Progress("op", tasks=by_id(some))
    assert rows(progress.tree) == [*walk_down(progress.tasks)]
