"""rxeryph: the long-running operations of an eryph server as typed reactivex observables.

``connect()`` opens a connection, mutating calls return an ``OperationStream``, ``operators`` compose streams.
Events are in ``rxeryph.events``, values in ``rxeryph.model``, errors in ``rxeryph.errors``.

Every name is loaded when it is first used, so that a script which only may need eryph starts as fast as without.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import credentials, errors, events, model, operators, polling
    from .bridges import aiterate, iterate
    from .bridges.replaying import replay
    from .client import ComputeClient
    from .errors import RxEryphError
    from .http import Fingerprint
    from .outcome import Failure, FetchedResource, OperationResult, Report
    from .retry import ErrorBudget
    from .session import Eryph, connect
    from .streams import EventHandlers, EventStream, OperationGroup, OperationStream
    from .tracking import Progress

__all__ = [
    "ComputeClient",
    "ErrorBudget",
    "Eryph",
    "EventHandlers",
    "EventStream",
    "Failure",
    "FetchedResource",
    "Fingerprint",
    "OperationGroup",
    "OperationResult",
    "OperationStream",
    "Progress",
    "Report",
    "RxEryphError",
    "aiterate",
    "connect",
    "credentials",
    "errors",
    "events",
    "iterate",
    "model",
    "operators",
    "polling",
    "replay",
]

_HOMES = {
    "ComputeClient": "client",
    "ErrorBudget": "retry",
    "Eryph": "session",
    "EventHandlers": "streams",
    "EventStream": "streams",
    "Failure": "outcome",
    "FetchedResource": "outcome",
    "Fingerprint": "http",
    "OperationGroup": "streams",
    "OperationResult": "outcome",
    "OperationStream": "streams",
    "Progress": "tracking",
    "Report": "outcome",
    "RxEryphError": "errors",
    "aiterate": "bridges",
    "connect": "session",
    "iterate": "bridges",
    "replay": "bridges.replaying",
}


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'rxeryph' has no attribute {name!r}")
        home = import_module(f"{__name__}.{_HOMES.get(name, name)}")
        value = globals()[name] = getattr(home, name) if name in _HOMES else home
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
