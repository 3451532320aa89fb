"""Runs operations as the server's workflow engine does: one commit after another, each visible to a poller."""

from __future__ import annotations

from collections.abc import Iterable

from ..database import Database
from ..rows import OperationRow, TaskRow
from ..timeline import Process, Signal, Timeline
from .latency import Latency
from .logs import LogStore
from .scripts import Scripts
from .steps import (
    Cancellable,
    Detached,
    Fail,
    Hang,
    Log,
    Orphan,
    Pause,
    Step,
    Task,
    TaskCancelled,
    TaskFailed,
    Together,
    Usual,
    Work,
    checked,
)
from .task_run import TaskRun


class Workflow:
    """Begins operations and runs their tasks. A task that one of ``scripts`` waits for does that script's steps."""

    def __init__(self, database: Database, timeline: Timeline, scripts: Scripts, latency: Latency) -> None:
        self._database = database
        self._timeline = timeline
        self._scripts = scripts
        self._latency = latency
        self._logs = LogStore(database, timeline, latency)
        self._cancellable: dict[str, list[TaskRun]] = {}

    @property
    def ticks(self) -> int:
        """The present moment as a timestamp of the server."""
        return self._timeline.ticks

    def begin(self, operation: OperationRow, script: Task) -> None:
        """Let ``operation`` do ``script``. Its first task is created a moment later."""
        # Looked up here, so that scripts meet operations in the order of the requests.
        steps = self._scripts.take(script.name)
        self._timeline.spawn(self._begin(operation, script, steps), after=self._latency.message())

    def cancel(self, operation_id: str) -> None:
        """Ask the tasks to stop that can be cancelled at this moment."""
        for run in self._cancellable.get(operation_id, ()):
            run.is_cancel_requested = True

    def _begin(self, operation: OperationRow, script: Task, steps: tuple[Step, ...] | None) -> Process:
        # The first task and its operation are made from one timestamp.
        created = self._timeline.ticks if operation.tasks else operation.created
        run = self._create(operation, operation.id, script, script.name, steps, created)
        yield from self._work(run, steps)

    def _work(self, run: TaskRun, steps: tuple[Step, ...] | None) -> Process:
        """Run a task that has been created, with the ``steps`` of a script or its own (None)."""
        yield self._latency.message()
        accepted = self._timeline.ticks
        yield from self._late()
        run.accept(accepted)
        try:
            yield self._latency.message()
            yield from self._do(run, run.script.steps if steps is None else steps)
        except (TaskFailed, TaskCancelled) as error:
            run.error = error
        except Exception as error:  # noqa: BLE001 - as on the server, a handler that raises fails its task
            run.error = TaskFailed(f"{type(error).__name__}: {error}")
        yield self._latency.message()
        ended = self._timeline.ticks
        yield from self._late()
        run.end(ended)
        self._timeline.set(run.done)

    def _late(self) -> Process:
        """Wait until the change of a status is stored."""
        seconds = self._latency.status()
        if seconds:
            yield seconds

    def _do(self, run: TaskRun, steps: Iterable[Step]) -> Process:
        for step in steps:
            match step:
                case Pause(seconds):
                    yield seconds
                case Log():
                    yield step.seconds
                    run.log(step)
                case Fail(message, seconds):
                    yield seconds
                    raise TaskFailed(message)
                case Hang():
                    yield Signal()
                case Orphan():
                    run.is_orphan = True
                case Usual():
                    run.has_effect = True
                    yield from self._do(run, run.script.steps)
                case Cancellable():
                    yield from self._do_cancellably(run, step.steps)
                case Detached(task):
                    self._timeline.spawn(self._work(*self._create_below(run, task)))
                case Work(process):
                    yield from process(run)
                case Task():
                    yield from self._children(run, (step,))
                case Together():
                    yield from self._children(run, step.tasks)
                case _:  # one by one, since a step may depend on the one before
                    for more in map(checked, step(run)):
                        run.operation.changed()
                        yield from self._do(run, (more,))
                    run.operation.changed()

    def _do_cancellably(self, run: TaskRun, steps: Iterable[Step]) -> Process:
        listening = self._cancellable.setdefault(run.operation.id, [])
        listening.append(run)
        try:
            for step in steps:
                yield from self._do(run, (step,))
                if run.is_cancel_requested:
                    raise TaskCancelled
        finally:
            listening.remove(run)
            if not listening:
                del self._cancellable[run.operation.id]

    def _children(self, run: TaskRun, scripts: tuple[Task, ...]) -> Process:
        """Start tasks in one commit, and wait until all have completed or one has not."""
        first = Signal()
        # Their ids are random on the server. Here the order of siblings is always that in which they are named.
        ids = sorted(self._database.new_id() for _ in scripts)
        begun = [self._create_below(run, script, task_id) for script, task_id in zip(scripts, ids, strict=True)]
        left = [len(begun)]

        def watch(child: TaskRun) -> Process:
            yield child.done
            left[0] -= 1
            if child.error is not None or left[0] == 0:
                self._timeline.set(first)

        for child, steps in begun:
            self._timeline.spawn(self._work(child, steps))
            self._timeline.spawn(watch(child))
        if begun:
            yield first
        for child, _ in begun:
            if child.error is not None:
                yield self._latency.message()
                raise child.error
        yield self._latency.message()

    def _create_below(
        self, above: TaskRun, script: Task, task_id: str | None = None
    ) -> tuple[TaskRun, tuple[Step, ...] | None]:
        path = f"{above.path}/{script.name}"
        steps = self._scripts.take(path)
        created = self._timeline.ticks
        return self._create(above.operation, above.task.id, script, path, steps, created, task_id), steps

    def _create(
        self,
        operation: OperationRow,
        parent_id: str,
        script: Task,
        path: str,
        steps: tuple[Step, ...] | None,
        created: int,
        task_id: str | None = None,
    ) -> TaskRun:
        task = TaskRow(task_id or self._database.new_id(), parent_id, script.name, script.display_name, created)
        run = TaskRun(
            self._database, self._timeline, self._logs, operation, task, script, path, has_effect=steps is None
        )
        operation.tasks.append(task)
        if script.on_created is not None:
            script.on_created(run)
        operation.changed()
        return run
