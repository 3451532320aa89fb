"""What an operation does, as a tree of tasks with steps.

``Task("StartCatletCommand", Task("StartCatletVMCommand", Pause(2)), display_name="Starting Catlet")``: a task
is queued, accepted, does its steps one after another, and completes. A step may be another task, a log line, a
pause, a failure, or a function that returns more steps when its turn comes. All times are seconds of simulated
time. A value that is not a step raises TypeError at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..database import Database
from ..rows import OperationRow, TaskRow
from ..timeline import Process


class TaskFailed(Exception):
    """The task failed; the message becomes the status message of the operation."""


class TaskCancelled(Exception):
    """The task noticed that it was asked to stop."""


class Run(Protocol):
    """A task while it runs, as the functions in its script see it."""

    @property
    def database(self) -> Database: ...

    @property
    def operation(self) -> OperationRow: ...

    @property
    def task(self) -> TaskRow: ...

    @property
    def now(self) -> float:
        """Seconds of simulated time."""
        ...

    @property
    def is_cancel_requested(self) -> bool:
        """Whether a cancellation came while the task was cancellable."""
        ...

    def log(self, line: Log) -> None:
        """Write a line, as the step ``Log`` does."""
        ...


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing happens for ``seconds``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Log:
    """After ``seconds`` the task writes a line, with a percentage if ``progress`` is not 0.

    The server stores lines independently of the steps: after a short moment and ``late`` more seconds, perhaps
    after the operation has ended (``Simulator.defer_logs`` delays all lines). The timestamp of a line is the moment
    when it is stored, ``stamped_before`` seconds earlier for a slow commit, or the timestamp of the newest line of
    the operation (``same_stamp``).
    """

    message: str
    seconds: float = 0.5
    progress: int = 0
    late: float = 0.0
    stamped_before: float = 0.0
    same_stamp: bool = False


@dataclass(frozen=True, slots=True)
class Fail:
    """After ``seconds`` the task fails with ``message``, and then each task above it, one commit after another."""

    message: str
    seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Hang:
    """The task never ends."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The steps that the task does without a script (see ``Simulator.when``), with all their effects."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """The end of the task will not be recorded. It stays Running, but the task above it continues."""


class Cancellable:
    """Steps during which the task can be cancelled. It notices a cancellation when the current step has ended."""

    def __init__(self, *steps: Step) -> None:
        self.steps = tuple(map(checked, steps))


class Together:
    """Tasks that run at the same time. The first failure fails the task above; the other tasks continue."""

    def __init__(self, *tasks: Task) -> None:
        for task in tasks:
            if not isinstance(task, Task):
                raise TypeError(f"{task!r} cannot run together with others; only a Task can")
        self.tasks = tasks


@dataclass(frozen=True, slots=True)
class Detached:
    """A task below this one that runs by itself: this one does not wait for it, nor fail if it fails."""

    task: Task


@dataclass(frozen=True, slots=True)
class Work:
    """A process of its own. It may raise ``TaskFailed`` or ``TaskCancelled``."""

    process: Callable[[Run], Process]


class Task:
    """One task: the ``name`` of the command, its steps, and the name that people see.

    ``on_created`` and ``on_completed`` change the database in the same commit that creates or completes the
    task.
    """

    def __init__(
        self,
        name: str,
        *steps: Step,
        display_name: str | None = None,
        on_created: Callable[[Run], None] | None = None,
        on_completed: Callable[[Run], None] | None = None,
    ) -> None:
        self.name = name
        self.steps = tuple(map(checked, steps))
        self.display_name = display_name
        self.on_created = on_created
        self.on_completed = on_completed


StepFunction: TypeAlias = "Callable[[Run], Iterable[Step]]"
Step: TypeAlias = (
    "Task | Together | Cancellable | Log | Pause | Fail | Hang | Orphan | Usual | Detached | Work | StepFunction"
)


def checked(step: Step) -> Step:
    """The step. Raises TypeError for a value that is not one."""
    if isinstance(step, type):
        raise TypeError(f"{step.__name__} is a class, not a step; write {step.__name__}(...)")
    if not isinstance(step, _KINDS) and not callable(step):
        known = ", ".join(sorted(kind.__name__ for kind in _KINDS if kind not in (Detached, Work)))
        raise TypeError(f"{step!r} is not a step; steps are {known}, and functions that return steps")
    return step


_KINDS = (Task, Together, Cancellable, Log, Pause, Fail, Hang, Orphan, Usual, Detached, Work)
