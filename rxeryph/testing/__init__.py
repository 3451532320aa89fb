"""Test your own automation: a simulated eryph as pytest fixtures, and streams in virtual time.

The pytest plugin has the fixtures ``eryph_simulator`` and ``eryph``; ``connect_to`` connects to a simulator as
``eryph`` does. ``Usual``, ``Log``, ``Pause``, ``Fail``, ``Hang``, ``Task``, ``Together``, ``Cancellable`` and
``Orphan`` say what an operation of the simulator does, ``Faults`` which requests fail. All of these need
``rxeryph[testing]``.

Without a server, ``play`` is a stream in virtual time over snapshots made by ``operation``, ``task``, ``log`` and
``resource``, and ``watch`` records what a pipeline emits, and when. ``JournalContract`` has the tests for an
engine of journals.

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
    from .journal_contract import JournalContract as JournalContract
    from .playing import play as play
    from .snapshots import log as log
    from .snapshots import operation as operation
    from .snapshots import resource as resource
    from .snapshots import task as task
    from .watching import Watched as Watched
    from .watching import watch as watch
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    _load, __dir__ = lazily(
        __name__,
        {
            "..simulator": "Cancellable Fail Faults Hang Log Orphan Pause Simulator Task Together Usual",
            ".connection": "connect_to",
            ".journal_contract": "JournalContract",
            ".playing": "play",
            ".snapshots": "log operation resource task",
            ".watching": "Watched watch",
        },
    )
    _EXTRA = ("starlette", "uvicorn", "yaml")
    __all__ = __dir__()

    def __getattr__(name: str) -> object:
        try:
            return _load(name)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in _EXTRA:
                raise
            text = f'rxeryph.testing.{name} needs {package}. Run: python -m pip install "rxeryph[testing]"'
            raise ImportError(text) from error
