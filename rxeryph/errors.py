"""Everything rxeryph raises.

RxEryphError
├── ConfigurationError
│   └── CredentialsNotFoundError
├── AuthenticationError
├── TransportError
│   ├── RequestTimeoutError
│   └── SubmissionUnknownError
├── ClosedError
├── JournalError
│   └── JournalConflictError
├── ApiError
│   ├── InvalidRequestError
│   │   └── AmbiguousNameError
│   ├── AccessDeniedError
│   ├── NotFoundError
│   ├── ConflictError
│   ├── ThrottledError
│   └── ServerError
├── WireError
├── ApiVersionError
└── OperationError
    ├── OperationFailedError
    ├── OperationCancelledError
    ├── OperationTimeoutError
    ├── OperationVanishedError
    └── MissingResultError

Messages are one line, name the object and the next step, and hold no secret. Control and bidi characters in them are
escaped; attributes keep what the server sent. Every error is a value: it compares, pickles and copies with all its
attributes, except its cause and traceback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .model import Operation
from .model.text import one_line
from .model.value import ErrorValue


class RxEryphError(ErrorValue):
    """The base of every error of this library.

    ``operation_id`` is set on errors about one operation, and on those of a submit that may have been carried out:
    look for that operation before you submit again. It is None on all others.
    """

    operation_id: str | None = None

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class ConfigurationError(RxEryphError):
    """A file, setting or argument is wrong: ``place`` names it, ``member`` the part, the message the reason."""

    def __init__(self, message: str, *, place: str | None = None, member: str | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.member = member


class CredentialsNotFoundError(ConfigurationError):
    """No place had credentials; ``attempts`` has every place that was tried, with the reason it had none.

    ``reason`` says why what was given is not enough; "" if nothing was given.
    """

    def __init__(self, message: str, *, attempts: Sequence[tuple[str, str]] = (), reason: str = "") -> None:
        super().__init__(message)
        self.attempts = tuple(attempts)
        self.reason = reason


class AuthenticationError(RxEryphError):
    """The identity provider refused: ``error`` and ``description`` are those of its OAuth reply."""

    def __init__(
        self, message: str, *, error: str | None = None, description: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(message)
        self.error = error
        self.description = description
        self.url = url


class TransportError(RxEryphError):
    """No usable reply came.

    ``may_have_arrived`` is False if the request certainly was not processed. ``is_permanent`` is True if a retry
    cannot help, as with a certificate that is not trusted. ``was_refused`` is True if the connection was refused: the
    machine is there, but nothing listens at that port. ``attempts`` is how many requests were sent in all.
    ``retry_after`` is how many seconds the service asked to wait; None if it did not.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str,
        url: str,
        attempts: int = 1,
        may_have_arrived: bool = True,
        is_permanent: bool = False,
        was_refused: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.method = method
        self.url = url
        self.attempts = attempts
        self.may_have_arrived = may_have_arrived
        self.is_permanent = is_permanent
        self.was_refused = was_refused
        self.retry_after = retry_after


class RequestTimeoutError(TransportError, TimeoutError):
    """One request took longer than ``request_timeout`` allows."""


class SubmissionUnknownError(TransportError):
    """A submitted request may or may not have arrived; look for ``operation_id`` on the server.

    With ``once=``, ``retry_after`` is in how many seconds to call again with the same key; None if that is of no use.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str,
        url: str,
        operation_id: str | None,
        attempts: int = 1,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, method=method, url=url, attempts=attempts, retry_after=retry_after)
        self.operation_id = operation_id


class ClosedError(RxEryphError):
    """The connection was closed, perhaps while a stream was running."""


class JournalError(RxEryphError):
    """A journal cannot be read or written.

    ``place`` is the journal. ``is_permanent`` is True if a retry cannot help.
    """

    def __init__(self, message: str, *, place: str | None = None, is_permanent: bool = False) -> None:
        super().__init__(message)
        self.place = place
        self.is_permanent = is_permanent


class JournalConflictError(JournalError):
    """Another writer appended first: ``number`` is not the next record of ``operation_id``. Nothing was stored."""

    def __init__(self, message: str, *, operation_id: str, number: int, place: str | None = None) -> None:
        super().__init__(message, place=place)
        self.operation_id = operation_id
        self.number = number


class ApiError(RxEryphError):
    """The server answered with an error.

    ``errors`` maps the JSON path of an offending member to its messages. ``trace_id`` finds the request in the
    server's log. ``retry_after`` is how many seconds the server asked to wait; None if it did not.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        method: str,
        url: str,
        title: str | None = None,
        detail: str | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
        trace_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.method = method
        self.url = url
        self.title = title
        self.detail = detail
        self.errors: dict[str, tuple[str, ...]] = {path: tuple(messages) for path, messages in (errors or {}).items()}
        self.trace_id = trace_id
        self.retry_after = retry_after


class InvalidRequestError(ApiError):
    """400: the server cannot accept the request; see ``errors``. With status 0 it was refused before it was sent."""


class AmbiguousNameError(InvalidRequestError):
    """A name fits several objects, so nothing was done; ``member`` is the argument it was passed as.

    ``choices`` has the name, the project (empty if there is none) and the id of each; ``url`` lists them.
    """

    def __init__(self, message: str, *, member: str, url: str, choices: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(message, status=0, method="GET", url=url, errors={member: (message,)})
        self.member = member
        self.choices = tuple(choices)


class AccessDeniedError(ApiError):
    """401 or 403: the token is not accepted, or its scope or role is not enough."""


class NotFoundError(ApiError):
    """404: the object does not exist, or the client has no role that lets it see the object."""


class ConflictError(ApiError):
    """409: an object of that name exists already."""


class ThrottledError(ApiError):
    """429: too many requests; ``retry_after`` is how many seconds to wait, if the server says so."""


class ServerError(ApiError):
    """5xx: the server failed, or a proxy in front of it."""


class WireError(RxEryphError):
    """A reply does not fit the model: at ``path`` in the JSON, ``expected`` was required and ``got`` came."""

    def __init__(self, message: str, *, path: str, expected: str, got: str, url: str | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.expected = expected
        self.got = got
        self.url = url


class ApiVersionError(RxEryphError):
    """The server is too old for this call: it has ``version``, the call needs ``required``."""

    def __init__(self, message: str, *, version: str, required: str) -> None:
        super().__init__(message)
        self.version = version
        self.required = required


class OperationError(RxEryphError):
    """An error about one operation; ``operation`` is its last snapshot, None if there was none."""

    operation_id: str

    def __init__(self, message: str, *, operation_id: str, operation: Operation | None = None) -> None:
        super().__init__(message)
        self.operation_id = operation_id  # pyright: ignore[reportIncompatibleVariableOverride]
        self.operation = operation


class OperationFailedError(OperationError):
    """The operation ended as Failed; the message is the server's."""


class OperationCancelledError(OperationError):
    """The operation ended as Cancelled, on request or by the server's own time limit."""


class OperationTimeoutError(OperationError, TimeoutError):
    """The caller's time is up. The operation keeps running on the server, and the caller may wait again.

    ``stalled`` is None after ``timeout`` seconds. If the wait ended because nothing changed, it is the number of
    seconds without a change, and the server may have forgotten the operation.
    """

    def __init__(
        self, message: str, *, operation_id: str, operation: Operation | None = None, stalled: float | None = None
    ) -> None:
        super().__init__(message, operation_id=operation_id, operation=operation)
        self.stalled = stalled


class OperationVanishedError(OperationError):
    """The operation existed and is gone: deleted after its time, lost in a rebuild, or hidden by a lost role."""


class MissingResultError(OperationError):
    """The operation has no such result or resource."""
