"""Test your own automation: a simulated eryph as pytest fixtures, and streams in virtual time.

The pytest plugin gives the fixtures ``eryph_simulator`` and ``eryph``; ``connect_to`` is what the second one uses.
What an operation of the simulator does is said with ``Usual``, ``Log``, ``Pause``, ``Fail``, ``Hang``, ``Task``,
``Together``, ``Cancellable`` and ``Orphan``, what goes wrong on the way with ``Faults``. All these need
``rxeryph[testing]``.

Without any server, ``play`` is a stream in virtual time over snapshots made by ``operation``, ``task``, ``log`` and
``resource``, and ``watch`` tells what came out of a pipeline, and when.

Every name is loaded when it is first used, so that pytest starts as fast as without.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..simulator import Cancellable, Fail, Faults, Hang, Log, Orphan, Pause, Simulator, Task, Together, Usual
    from .connection import connect_to
    from .playing import play
    from .snapshots import log, operation, resource, task
    from .watching import Watched, watch

__all__ = [
    "Cancellable",
    "Fail",
    "Faults",
    "Hang",
    "Log",
    "Orphan",
    "Pause",
    "Simulator",
    "Task",
    "Together",
    "Usual",
    "Watched",
    "connect_to",
    "log",
    "operation",
    "play",
    "resource",
    "task",
    "watch",
]

_HOMES = {
    "Watched": ".watching",
    "connect_to": ".connection",
    "log": ".snapshots",
    "operation": ".snapshots",
    "play": ".playing",
    "resource": ".snapshots",
    "task": ".snapshots",
    "watch": ".watching",
}
_EXTRA = ("starlette", "uvicorn", "yaml")

if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'rxeryph.testing' has no attribute {name!r}")
        try:
            home = import_module(_HOMES.get(name, "..simulator"), __name__)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in _EXTRA:
                raise
            text = f'rxeryph.testing.{name} needs {package}. Run: python -m pip install "rxeryph[testing]"'
            raise ImportError(text) from error
        value = globals()[name] = getattr(home, name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
