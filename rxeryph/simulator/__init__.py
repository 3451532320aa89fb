"""A small eryph that speaks HTTP and OAuth2, for demos and tests. Needs the extra ``simulator``.

``Simulator`` is the server, ``Simulator.when`` and ``Simulator.play`` say what its operations do,
``Simulator.faults`` what goes wrong.
"""

from .faults import Faults
from .recording import SeenRequest
from .script import Cancellable, Fail, Hang, Log, Orphan, Pause, Task, Together, Usual
from .scripts import Scripts
from .simulator import Simulator

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
