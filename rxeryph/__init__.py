"""rxeryph: the long-running operations of an eryph server as typed reactivex observables.

``connect()`` opens a connection, mutating calls return an ``OperationStream``, ``operators`` compose streams.
Events are in ``rxeryph.events``, values in ``rxeryph.model``, errors in ``rxeryph.errors``.
"""

from . import errors, events, model, operators, polling
from .budget import ErrorBudget
from .client import ComputeClient
from .credentials import Fingerprint
from .errors import RxEryphError
from .handlers import EventHandlers
from .result import Failure, FetchedResource, OperationResult
from .session import Eryph, connect
from .stream import OperationStream
from .tracking import Progress

__all__ = [
    "ComputeClient",
    "ErrorBudget",
    "Eryph",
    "EventHandlers",
    "Failure",
    "FetchedResource",
    "Fingerprint",
    "OperationResult",
    "OperationStream",
    "Progress",
    "RxEryphError",
    "connect",
    "errors",
    "events",
    "model",
    "operators",
    "polling",
]
