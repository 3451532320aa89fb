"""A small eryph that speaks HTTP and OAuth2, for demos and tests. Needs the extra ``simulator``.

``Simulator`` is the server. ``Simulator.when`` and ``Simulator.play`` decide what its operations do, and
``Simulator.faults`` which requests fail.
"""

try:
    from .simulator import Simulator
    from .tasks.scripts import Scripts
    from .tasks.steps import Cancellable, Fail, Hang, Log, Orphan, Pause, Task, Together, Usual
    from .web.faults import Faults
    from .web.request_log import SeenRequest
except ModuleNotFoundError as error:
    if (error.name or "").startswith("rxeryph"):
        raise
    raise ModuleNotFoundError(
        f'The simulator needs {error.name}. Run: python -m pip install "rxeryph[simulator]"', name=error.name
    ) from None

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
