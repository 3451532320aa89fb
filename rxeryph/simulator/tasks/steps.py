"""What an operation will do, as a tree of tasks with steps.

``Task("StartCatletCommand", Task("StartCatletVMCommand", Pause(2)), display_name="Starting Catlet")``: a task
is queued, accepted, does its steps one after another, and completes. A step may be another task, a log line, a
pause, a failure, or a function that is asked for more steps when its turn comes. All times are seconds of
simulated time. What is no step raises TypeError as soon as it is given.
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
        """Send a line on its way into the database."""
        ...


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing happens for ``seconds``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Log:
    """After ``seconds`` the task writes a line, with a percentage if ``progress`` is not 0.

    The server stores lines apart from the task's own steps: after a short moment, and ``late`` seconds more,
    maybe after the operation has ended (``Simulator.defer_logs`` does so for all lines). The line is stamped when
    it is stored, ``stamped_before`` seconds earlier if a slow commit is wanted, or exactly like the newest line of
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
    """After ``seconds`` the task fails with ``message``, and every task above it, one commit after another."""

    message: str
    seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Hang:
    """The task never ends."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What the server does for the task where nobody says otherwise (``Simulator.when``), with all its effects."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """The end of the task will not be noted: it stays Running, and what waits for it goes on all the same."""


class Cancellable:
    """Steps during which the task hears of a cancellation; it notices when the step under way has ended."""

    def __init__(self, *steps: Step) -> None:
        self.steps = tuple(map(checked, steps))


class Together:
    """Tasks that run at the same time; the first failure fails the task above, the others are left alone."""

    def __init__(self, *tasks: Task) -> None:
        for task in tasks:
            if not isinstance(task, Task):
                raise TypeError(f"{task!r} cannot be done together with others; only Task can")
        self.tasks = tasks


@dataclass(frozen=True, slots=True)
class Work:
    """A process of its own; it may raise ``TaskFailed`` or ``TaskCancelled``."""

    process: Callable[[Run], Process]


class Task:
    """One task: the command's ``name``, its steps, and what shows to people.

    ``on_created`` and ``on_completed`` change what the server keeps, in the very commit that creates or
    completes the task.
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
Step: TypeAlias = "Task | Together | Cancellable | Log | Pause | Fail | Hang | Orphan | Usual | Work | StepFunction"


def checked(step: Step) -> Step:
    """The step. Raises TypeError for what is none."""
    if isinstance(step, type):
        raise TypeError(f"{step.__name__} is no step, {step.__name__}(...) may be one")
    if not isinstance(step, _KINDS) and not callable(step):
        known = ", ".join(sorted(kind.__name__ for kind in _KINDS if kind is not Work))
        raise TypeError(f"{step!r} is no step; there are {known}, and functions that give steps")
    return step


_KINDS = (Task, Together, Cancellable, Log, Pause, Fail, Hang, Orphan, Usual, Work)
