"""Random histories of an operation as its server keeps it: one commit after another, and what a poll sees."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from rxeryph.model import (
    LogEntry,
    Operation,
    OperationResource,
    OperationStatus,
    Project,
    ResourceType,
    Task,
    UnknownResult,
)
from rxeryph.model.timestamps import TICKS_PER_SECOND, parse_ticks
from tests.property.values import built

QUEUED, RUNNING = OperationStatus.QUEUED, OperationStatus.RUNNING
COMPLETED, FAILED, CANCELLED = OperationStatus.COMPLETED, OperationStatus.FAILED, OperationStatus.CANCELLED
BEGINNING = 17_672_544_000_000_000


@dataclass(frozen=True)
class History:
    """States of an operation by the second in which each became visible."""

    commits: tuple[tuple[float, Operation], ...]

    @property
    def last(self) -> Operation:
        return self.commits[-1][1]

    @property
    def length(self) -> float:
        return self.commits[-1][0]

    def at(self, moment: float, log_time_stamp: str | None = None) -> Operation:
        """What a poll sees at ``moment``; log entries strictly later than ``log_time_stamp``."""
        state = next(state for since, state in reversed(self.commits) if since <= moment)
        after = parse_ticks(log_time_stamp) if log_time_stamp else -1
        return replace(state, log_entries=tuple(entry for entry in state.log_entries if entry.ticks > after))


@st.composite
def histories(draw: st.DrawFn, lateness: float = 0.0) -> History:
    """Tasks appear, change and end in any order; entries are stamped up to ``lateness`` seconds before they show."""
    state = Operation("op", QUEUED)
    commits = [(0.0, state)]
    now = 0.0
    for number in range(draw(st.integers(1, 25))):
        now += draw(st.sampled_from((0.0, 0.1, 0.5, 1.0, 3.0)))
        state = _commit(draw, state, number, now, lateness)
        commits.append((now, state))
    end = draw(st.sampled_from((COMPLETED, FAILED, CANCELLED)))
    state = replace(state, status=end, status_message=end.value)
    commits.append((now, state))
    for number in range(draw(st.integers(0, 3))):  # after the end, never later than can be seen
        now += draw(st.sampled_from((0.0, 0.2, 0.4)))
        state = replace(state, log_entries=(*state.log_entries, _entry(draw, state, 100 + number, now, lateness)))
        commits.append((now, state))
    return History(tuple(commits))


def _commit(draw: st.DrawFn, state: Operation, number: int, now: float, lateness: float) -> Operation:
    kind = draw(st.sampled_from(("task", "change", "entry", "entry", "resource", "project", "status")))
    if kind == "task" or (kind in ("change", "entry") and not state.tasks):
        parent = draw(st.sampled_from(("op", *(task.id for task in state.tasks))))
        status = draw(st.sampled_from((QUEUED, RUNNING, COMPLETED)))
        task = Task(f"t{number}", parent, "Command", status, draw(st.none() | st.just(f"Task {number}")))
        return replace(state, tasks=tuple(draw(st.permutations((*state.tasks, task)))))
    if kind == "change":
        index = draw(st.integers(0, len(state.tasks) - 1))
        changed = replace(
            state.tasks[index],
            status=draw(st.sampled_from((RUNNING, COMPLETED, FAILED))),
            progress=draw(st.integers(0, 100)),
        )
        return replace(state, tasks=(*state.tasks[:index], changed, *state.tasks[index + 1 :]))
    if kind == "entry":
        entries = (*state.log_entries, _entry(draw, state, number, now, lateness))
        return replace(state, log_entries=tuple(draw(st.permutations(entries))))
    if kind == "resource":
        resource = OperationResource(f"r{number}", f"c{draw(st.integers(0, 2))}", ResourceType.CATLET)
        return replace(state, resources=(*state.resources, resource))
    if kind == "project":
        project = Project(f"p{draw(st.integers(0, 2))}", "name", "tenant")
        return state if project in state.projects else replace(state, projects=(*state.projects, project))
    return replace(state, status=RUNNING, status_message="Running")


def _entry(draw: st.DrawFn, state: Operation, number: int, now: float, lateness: float) -> LogEntry:
    back = draw(st.floats(0.0, lateness)) if lateness else 0.0
    stamp = max(0.0, now - back)
    task = draw(st.sampled_from([task.id for task in state.tasks] or ["unknown"]))
    return LogEntry(f"l{number}", task, f"line {number}", BEGINNING + round(stamp * TICKS_PER_SECOND))


operations: st.SearchStrategy[Operation] = st.builds(
    lambda snapshot, result: replace(snapshot, result=result), built(Operation), st.none() | built(UnknownResult)
)
"""Any operations, whose result, if any, is of an unknown type."""
