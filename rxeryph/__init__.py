"""rxeryph: the long-running operations of an eryph server as typed reactivex observables.

``connect()`` opens a connection, calls that change something return an ``OperationStream``, ``operators`` compose
streams. Events are in ``rxeryph.events``, values in ``rxeryph.model``, errors in ``rxeryph.errors``.

Every name is loaded when it is first used, so that a script which may not need eryph starts fast.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import credentials as credentials
    from . import errors as errors
    from . import events as events
    from . import model as model
    from . import operators as operators
    from . import polling as polling
    from .bridges import aiterate as aiterate
    from .bridges import iterate as iterate
    from .bridges.replaying import replay as replay
    from .client import ComputeClient as ComputeClient
    from .errors import RxEryphError as RxEryphError
    from .http import Fingerprint as Fingerprint
    from .http import Timeouts as Timeouts
    from .outcome import Failure as Failure
    from .outcome import FetchedResource as FetchedResource
    from .outcome import OperationResult as OperationResult
    from .outcome import Report as Report
    from .retry import ErrorBudget as ErrorBudget
    from .session import Eryph as Eryph
    from .session import connect as connect
    from .streams import EventHandlers as EventHandlers
    from .streams import EventStream as EventStream
    from .streams import OperationGroup as OperationGroup
    from .streams import OperationStream as OperationStream
    from .tracking import Progress as Progress

    __version__: str
else:  # not for type checkers: they would take any name for a public one
    _MODULES = {
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
        "Timeouts": "http",
        "aiterate": "bridges",
        "connect": "session",
        "credentials": "credentials",
        "errors": "errors",
        "events": "events",
        "iterate": "bridges",
        "model": "model",
        "operators": "operators",
        "polling": "polling",
        "replay": "bridges.replaying",
    }
    __all__ = list(_MODULES)

    def __getattr__(name: str) -> object:
        if name != "__version__":
            return _load(name)
        from .about import version

        return version()

    def __dir__() -> list[str]:
        return sorted([*__all__, "__version__"])
