"""A small eryph that speaks HTTP and OAuth2, for demos and tests. Needs the extra ``simulator``.

``Simulator`` is the server. ``Simulator.when`` and ``Simulator.play`` decide what its operations do, and
``Simulator.faults`` which requests fail.
"""

from .simulator import Simulator
from .tasks.scripts import Scripts
from .tasks.steps import Cancellable, Fail, Hang, Log, Orphan, Pause, Task, Together, Usual
from .web.faults import Faults
from .web.request_log import SeenRequest

__all__ = [
    "Cancellable",
    "Fail",
    "Faults",
    "Hang",
    "Log",
    "Orphan",
    "Pause",
    "Scripts",
    "SeenRequest",
    "Simulator",
    "Task",
    "Together",
    "Usual",
]
