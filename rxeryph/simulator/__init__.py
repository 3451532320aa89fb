"""A small eryph that speaks HTTP and OAuth2, for demos and tests. Needs the extra ``simulator``.

``Simulator`` is the server, ``script`` says what its operations do, ``Simulator.faults`` what goes wrong.
"""

from .faults import Faults
from .script import Fail, Hang, Log, Pause, Task, Together
from .simulator import SeenRequest, Simulator

__all__ = ["Fail", "Faults", "Hang", "Log", "Pause", "SeenRequest", "Simulator", "Task", "Together"]
