"""A story: what the server shows of one operation, and from which second on. Impossible ones are refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias, TypeVar

from ..errors import RxEryphError
from ..model import LogEntry, Operation, OperationStatus
from .snapshots import OPERATION_ID

Scene: TypeAlias = Operation | RxEryphError
"""A snapshot, or the error with which polls fail instead."""

SecondT = TypeVar("SecondT", bound=float)  # so that integers are accepted too

SAME = 1e-6
"""Seconds below which two moments are one: schedulers count in microseconds."""


class Story:
    """Scenes by the second at which each begins; the first begins at 0, the last one stays.

    Raises ValueError for an impossible story: an operation that runs again after its end, a task that disappears, two
    log entries with one id.
    """

    def __init__(self, scenes: Mapping[SecondT, Scene]) -> None:
        self._scenes: dict[float, Scene] = {float(second): scenes[second] for second in sorted(scenes)}
        if not self._scenes or next(iter(self._scenes)) != 0:
            raise ValueError(
                "A story begins at second 0: say what the server shows then, like {0: operation(), ...}."
            )
        if not all(math.isfinite(second) for second in self._scenes):
            raise ValueError("The seconds of a story are numbers, not infinite.")
        snapshots = list(self._snapshots())
        self.operation_id = snapshots[0][1].id if snapshots else OPERATION_ID
        for (earlier, before), (later, after) in pairwise(snapshots):
            problem = _problem(before, after)
            if problem is not None:
                raise ValueError(f"This is impossible: {problem} (seconds {earlier:g} and {later:g} of the story).")
        _check_entries(entry for _, snapshot in snapshots for entry in snapshot.log_entries)

    @property
    def last(self) -> float:
        """The second of the last change."""
        return max(self._scenes)

    def at(self, second: float) -> Scene:
        """What the server shows at ``second``."""
        return self._scenes[max(begin for begin in self._scenes if begin <= second + SAME)]

    def next_after(self, second: float) -> float | None:
        """The second of the next change, or None."""
        return next((begin for begin in self._scenes if begin > second + SAME), None)

    def cancelled(self, second: float) -> Story:
        """The same story until ``second``; then the operation is Cancelled, unless it has ended before."""
        before = {begin: scene for begin, scene in self._scenes.items() if begin < second}
        last = next((scene for scene in reversed(before.values()) if isinstance(scene, Operation)), None)
        if last is None or last.status.is_terminal:
            return self
        tasks = tuple(
            task if task.status.is_terminal else replace(task, status=OperationStatus.CANCELLED)
            for task in last.tasks
        )
        return Story({**before, second: replace(last, status=OperationStatus.CANCELLED, tasks=tasks)})

    def _snapshots(self) -> Iterator[tuple[float, Operation]]:
        for second, scene in self._scenes.items():
            if isinstance(scene, Operation):
                yield second, scene
            elif not isinstance(scene, RxEryphError):
                raise ValueError(f"A story has snapshots and errors of rxeryph.errors, not {scene!r}.")


def _problem(before: Operation, after: Operation) -> str | None:
    """Why ``after`` cannot follow ``before``."""
    if before.id != after.id:
        return f"one operation, but two ids: {before.id!r} and {after.id!r}"
    if problem := _turn("the operation", before.status, after.status):
        return problem
    known = {task.id: task for task in after.tasks}
    for task in before.tasks:
        if task.id not in known:
            return f"task {task.id!r} has disappeared; a snapshot shows all tasks so far"
        if problem := _turn(f"task {task.id!r}", task.status, known[task.id].status):
            return problem
    return None


def _turn(what: str, before: OperationStatus, after: OperationStatus) -> str | None:
    goes_back = before == OperationStatus.RUNNING and after == OperationStatus.QUEUED
    if before != after and (before.is_terminal or goes_back):
        return f"{what} was {before.value} and is {after.value}"
    return None


def _check_entries(entries: Iterator[LogEntry]) -> None:
    known: dict[str, LogEntry] = {}
    for entry in entries:
        if known.setdefault(entry.id, entry) != entry:
            raise ValueError(f"Two log entries have the id {entry.id!r} and differ; an entry never changes.")
