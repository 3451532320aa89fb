"""Test your own automation: a simulated eryph as pytest fixtures, and streams in virtual time.

The pytest plugin has the fixtures ``eryph_simulator`` and ``eryph``; ``connect_to`` connects to a simulator as
``eryph`` does. ``Usual``, ``Log``, ``Pause``, ``Fail``, ``Hang``, ``Task``, ``Together``, ``Cancellable`` and
``Orphan`` say what an operation of the simulator does, ``Faults`` which requests fail. All of these need
``rxeryph[testing]``.

Without a server, ``play`` is a stream in virtual time over snapshots made by ``operation``, ``task``, ``log`` and
``resource``, and ``watch`` records what a pipeline emits, and when.

Every name is loaded when it is first used, so that pytest starts as fast as without.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..simulator import Cancellable as Cancellable
    from ..simulator import Fail as Fail
    from ..simulator import Faults as Faults
    from ..simulator import Hang as Hang
    from ..simulator import Log as Log
    from ..simulator import Orphan as Orphan
    from ..simulator import Pause as Pause
    from ..simulator import Simulator as Simulator
    from ..simulator import Task as Task
    from ..simulator import Together as Together
    from ..simulator import Usual as Usual
    from .connection import connect_to as connect_to
    from .playing import play as play
    from .snapshots import log as log
    from .snapshots import operation as operation
    from .snapshots import resource as resource
    from .snapshots import task as task
    from .watching import Watched as Watched
    from .watching import watch as watch
else:  # not for type checkers: they would take any name for a public one
    _MODULES = {
        "Cancellable": "..simulator",
        "Fail": "..simulator",
        "Faults": "..simulator",
        "Hang": "..simulator",
        "Log": "..simulator",
        "Orphan": "..simulator",
        "Pause": "..simulator",
        "Simulator": "..simulator",
        "Task": "..simulator",
        "Together": "..simulator",
        "Usual": "..simulator",
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
    __all__ = list(_MODULES)

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module 'rxeryph.testing' has no attribute {name!r}")
        try:
            module = import_module(_MODULES[name], __name__)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in _EXTRA:
                raise
            text = f'rxeryph.testing.{name} needs {package}. Run: python -m pip install "rxeryph[testing]"'
            raise ImportError(text) from error
        value = globals()[name] = getattr(module, name)
        return value

    def __dir__() -> list[str]:
        return sorted(__all__)
