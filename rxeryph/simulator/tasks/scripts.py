"""Scripts: steps that wait for a task, which then does them instead of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .steps import Cancellable, Step, Task, Together, Usual, checked


@dataclass(slots=True)
class _Waiting:
    pattern: str
    steps: tuple[Step, ...]
    left: int | None
    is_used: bool = False


class Scripts:
    """The scripts that wait for their task, in the order they were given. Those without a limit are used last."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def add(self, pattern: str, steps: Iterable[Step], times: int | None) -> None:
        """Let the next ``times`` tasks whose path matches ``pattern`` do ``steps``; None: all from now on."""
        if times is not None and times < 1:
            raise ValueError(f"times must be at least 1, or None for all, not {times}")
        steps = tuple(map(checked, steps))
        _refuse_usual_below(steps)
        self._waiting.append(_Waiting(pattern, steps, times))

    @property
    def pending(self) -> tuple[str, ...]:
        """The patterns that still wait: not used ``times`` times or, without a limit, never used."""
        return tuple(each.pattern for each in self._waiting if each.left is not None or not each.is_used)

    def clear(self) -> None:
        """Remove all scripts. Operations that have begun are not affected."""
        self._waiting.clear()

    def take(self, path: str) -> tuple[Step, ...] | None:
        """The steps for the task at ``path`` (the names of the tasks above it and its own), None for its own."""
        for waiting in sorted(self._waiting, key=lambda each: each.left is None):
            if fnmatchcase(path, waiting.pattern):
                waiting.is_used = True
                if waiting.left is not None:
                    waiting.left -= 1
                    if waiting.left == 0:
                        self._waiting.remove(waiting)
                return waiting.steps
        return None


def _refuse_usual_below(steps: Iterable[Step], is_below: bool = False) -> None:
    for step in steps:
        match step:
            case Usual() if is_below:
                raise ValueError("Usual() means the steps of the scripted task; it cannot be inside another Task")
            case Cancellable():
                _refuse_usual_below(step.steps, is_below)
            case Task():
                _refuse_usual_below(step.steps, True)
            case Together():
                _refuse_usual_below(step.tasks, True)
