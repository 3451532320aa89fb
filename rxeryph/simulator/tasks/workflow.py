"""Runs scripts the way the server's workflow engine does: one commit after another, each visible to a poller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..clock import ticks_at
from ..database import Database
from ..rows import TERMINAL, LogRow, OperationRow, TaskRow
from ..timeline import Process, Signal, Timeline
from .scripts import Scripts
from .steps import Cancellable, Fail, Hang, Log, Orphan, Pause, Step, Task, Together, Usual, Work, checked

FORGOTTEN_AFTER = 60.0
"""Seconds after an operation's end from which on what its remaining tasks do is not noted any more."""


class TaskFailed(Exception):
    """The task failed; the text is what the operation shows in the end."""


class TaskCancelled(Exception):
    """The task noticed that it was asked to stop."""


@dataclass(slots=True)
class Run:
    """One task while it runs."""

    workflow: Workflow
    operation: OperationRow
    task: TaskRow
    script: Task
    path: str
    """The names of the tasks above it and its own, with slashes between."""
    steps: tuple[Step, ...]
    has_effect: bool
    """Whether completing it changes what the server keeps; a scripted task has done nothing before ``Usual``."""
    is_cancel_wanted: bool = False
    is_orphan: bool = False
    error: TaskFailed | TaskCancelled | None = None
    done: Signal = field(default_factory=Signal)

    @property
    def database(self) -> Database:
        return self.workflow.database

    def log(self, line: Log) -> None:
        """Send a line on its way into the database."""
        self.workflow.store_later(self, line)


class Workflow:
    """Creates operations and moves them on. Only what is registered at that moment hears of a cancellation.

    A task that one of ``scripts`` waits for does that instead of its own steps.
    """

    def __init__(self, database: Database, timeline: Timeline, scripts: Scripts) -> None:
        self.database = database
        self.timeline = timeline
        self.scripts = scripts
        self._cancellable: dict[str, list[Run]] = {}

    def begin(self, operation: OperationRow, script: Task) -> None:
        """Let ``operation`` do ``script``; its first task is not created before a moment has passed."""
        # Looked up here, so that scripts meet operations in the order in which those were asked for.
        steps = self.scripts.take(script.name)
        self.timeline.spawn(self._begin(operation, script, steps), after=self._moment())

    def cancel(self, operation_id: str) -> None:
        """Ask the tasks that can be cancelled, and run now, to stop."""
        for run in self._cancellable.get(operation_id, ()):
            run.is_cancel_wanted = True

    def register(self, run: Run) -> None:
        """From now on ``run`` hears of cancellations."""
        self._cancellable.setdefault(run.operation.id, []).append(run)

    def unregister(self, run: Run) -> None:
        """``run`` does not hear of cancellations any more."""
        runs = self._cancellable[run.operation.id]
        runs.remove(run)
        if not runs:
            del self._cancellable[run.operation.id]

    def store_later(self, run: Run, line: Log) -> None:
        """Store a line apart from all else, so that it may come late or out of order."""
        after = self._moment() * 0.1 + line.late
        if self.scripts.log_delay != (0.0, 0.0):  # else no number is drawn
            after += self.database.random.uniform(*self.scripts.log_delay)
        self.timeline.spawn(self._store(run, line), after=after)

    # -- processes

    def _begin(self, operation: OperationRow, script: Task, steps: tuple[Step, ...] | None) -> Process:
        # The primary task and its operation are made from one timestamp.
        yield from self._work(self._create(operation, operation.id, script, script.name, steps, operation.created))

    def _work(self, run: Run) -> Process:
        yield self._moment()
        self._accept(run)
        try:
            yield self._moment()
            yield from self._do(run, run.steps)
        except (TaskFailed, TaskCancelled) as error:
            run.error = error
        except Exception as error:  # noqa: BLE001 - as on the server, a handler that raises fails its task
            run.error = TaskFailed(f"{type(error).__name__}: {error}")
        yield self._moment()
        self._end(run)
        self.timeline.set(run.done)

    def _do(self, run: Run, steps: Iterable[Step]) -> Process:
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
                case Work(process):
                    yield from process(run)
                case Task():
                    yield from self._children(run, (step,))
                case Together():
                    yield from self._children(run, step.tasks)
                case _:
                    yield from self._do(
                        run, map(checked, step(run))
                    )  # one by one: a step may depend on the one before

    def _do_cancellably(self, run: Run, steps: Iterable[Step]) -> Process:
        self.register(run)
        try:
            for step in steps:
                yield from self._do(run, (step,))
                if run.is_cancel_wanted:
                    raise TaskCancelled
        finally:
            self.unregister(run)

    def _children(self, run: Run, scripts: tuple[Task, ...]) -> Process:
        """Start tasks in one commit and wait for all of them, or for the first that does not complete."""
        first = Signal()
        children = [self._create_below(run, script) for script in scripts]
        left = [len(children)]

        def watch(child: Run) -> Process:
            yield child.done
            left[0] -= 1
            if child.error is not None or left[0] == 0:
                self.timeline.set(first)

        for child in children:
            self.timeline.spawn(self._work(child))
            self.timeline.spawn(watch(child))
        if children:
            yield first
        for child in children:
            if child.error is not None:
                yield self._moment()
                raise child.error
        yield self._moment()

    def _store(self, run: Run, line: Log) -> Process:
        for attempt in range(1, 6):
            if run.task.status != "Queued":
                break
            yield 0.1 * attempt
        entries = run.operation.log_entries
        ticks = ticks_at(self.timeline.now - line.stamped_before)
        if line.same_stamp and entries:
            ticks = max(entry.ticks for entry in entries)
        entries.append(LogRow(self.database.new_id(), run.task.id, line.message, ticks))
        run.task.progress = max(run.task.progress, line.progress)

    # -- commits

    def _create(
        self,
        operation: OperationRow,
        parent_id: str,
        script: Task,
        path: str,
        steps: tuple[Step, ...] | None,
        created: int,
    ) -> Run:
        task = TaskRow(self.database.new_id(), parent_id, script.name, script.display_name, created)
        run = Run(self, operation, task, script, path, script.steps if steps is None else steps, steps is None)
        operation.tasks.append(task)
        if script.on_created is not None:
            script.on_created(run)
        return run

    def _create_below(self, above: Run, script: Task) -> Run:
        path = f"{above.path}/{script.name}"
        now = ticks_at(self.timeline.now)
        return self._create(above.operation, above.task.id, script, path, self.scripts.take(path), now)

    def _accept(self, run: Run) -> None:
        now = ticks_at(self.timeline.now)
        if run.task.status not in TERMINAL:
            run.task.status, run.task.started_at = "Running", now
        operation = run.operation
        if operation.status not in TERMINAL:
            operation.status = operation.status_message = "Running"
            operation.started_at = operation.started_at or now

    def _end(self, run: Run) -> None:
        now = ticks_at(self.timeline.now)
        operation = run.operation
        if operation.ended_at is not None and now - operation.ended_at > FORGOTTEN_AFTER * 10_000_000:
            return
        if run.task.status in TERMINAL:  # given up by the housekeeping
            return
        if run.error is None and run.has_effect and run.script.on_completed is not None:
            run.script.on_completed(run)
        if run.is_orphan:
            return
        if run.error is None:
            status = message = "Completed"
            run.task.progress = 100
        elif isinstance(run.error, TaskFailed):
            status, message = "Failed", str(run.error)
        else:
            status = message = "Cancelled"
        run.task.status, run.task.ended_at = status, now
        if run.task.parent_id == operation.id and operation.status not in TERMINAL:
            operation.status, operation.status_message, operation.ended_at = status, message, now

    def _moment(self) -> float:
        """How long a message takes from one part of the server to another."""
        return self.database.random.uniform(0.05, 0.4)
