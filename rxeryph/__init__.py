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
    from . import journal as journal
    from . import model as model
    from . import operators as operators
    from . import polling as polling
    from .bridges import aiterate as aiterate
    from .bridges import iterate as iterate
    from .bridges.replaying import replay as replay
    from .client import ComputeClient as ComputeClient
    from .connecting import connect as connect
    from .errors import RxEryphError as RxEryphError
    from .following import Follower as Follower
    from .following import follow as follow
    from .http import Fingerprint as Fingerprint
    from .http import Timeouts as Timeouts
    from .outcome import Failure as Failure
    from .outcome import FetchedResource as FetchedResource
    from .outcome import OperationResult as OperationResult
    from .outcome import Report as Report
    from .retry import ErrorBudget as ErrorBudget
    from .session import Eryph as Eryph
    from .streams import EventHandlers as EventHandlers
    from .streams import EventStream as EventStream
    from .streams import OperationGroup as OperationGroup
    from .streams import OperationStream as OperationStream
    from .tracking import Progress as Progress

    __version__: str
else:  # not for type checkers: they would take any name for a public one
    from .lazy import lazily

    _load, _names = lazily(
        __name__,
        {
            ".": "credentials errors events journal model operators polling",
            ".bridges": "aiterate iterate",
            ".bridges.replaying": "replay",
            ".client": "ComputeClient",
            ".connecting": "connect",
            ".errors": "RxEryphError",
            ".following": "Follower follow",
            ".http": "Fingerprint Timeouts",
            ".outcome": "Failure FetchedResource OperationResult Report",
            ".retry": "ErrorBudget",
            ".session": "Eryph",
            ".streams": "EventHandlers EventStream OperationGroup OperationStream",
            ".tracking": "Progress",
        },
    )
    __all__ = _names()

    def __getattr__(name: str) -> object:
        if name != "__version__":
            return _load(name)
        from .about import version

        return version()

    def __dir__() -> list[str]:
        return sorted([*__all__, "__version__"])
