"""Everything rxeryph raises.

RxEryphError
├── ConfigurationError
│   └── CredentialsNotFoundError
├── AuthenticationError
├── TransportError
│   ├── RequestTimeoutError
│   └── SubmissionUnknownError
├── ClosedError
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

Messages are one line, name the thing and the next step, and hold no secret. Every error pickles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from .model import Operation

ErrorT = TypeVar("ErrorT", bound="RxEryphError")


def _restore(cls: type[ErrorT], args: tuple[object, ...], state: dict[str, object]) -> ErrorT:
    error = cls.__new__(cls, *args)
    error.args = args  # OSError's __new__ leaves them empty
    error.__dict__.update(state)
    return error


class RxEryphError(Exception):
    """The base of every error of this library. Errors of one class that know the same are equal, as values are."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.args == other.args and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), self.args))

    def __reduce__(
        self,
    ) -> tuple[
        Callable[[type[RxEryphError], tuple[object, ...], dict[str, object]], RxEryphError],
        tuple[type[RxEryphError], tuple[object, ...], dict[str, object]],
    ]:
        return _restore, (type(self), self.args, dict(self.__dict__))


class ConfigurationError(RxEryphError):
    """A file, setting or argument is wrong: ``place`` names it, ``member`` the part, the text the reason."""

    def __init__(self, message: str, *, place: str | None = None, member: str | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.member = member


class CredentialsNotFoundError(ConfigurationError):
    """No place had credentials; ``attempts`` lists every place tried and why it did not answer."""

    def __init__(self, message: str, *, attempts: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.attempts = tuple(attempts)


class AuthenticationError(RxEryphError):
    """The identity provider refused: ``error`` and ``description`` as OAuth gave them."""

    def __init__(
        self,
        message: str,
        *,
        error: str | None = None,
        description: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message)
        self.error = error
        self.description = description
        self.url = url


class TransportError(RxEryphError):
    """No usable reply came.

    ``may_have_arrived`` is False when the request certainly was not processed; ``is_permanent`` is True when
    asking again cannot help, as with a certificate that is not trusted. ``attempts`` were made in all.
    ``retry_after`` is how many seconds the service asked to wait, None when it did not.
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
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.method = method
        self.url = url
        self.attempts = attempts
        self.may_have_arrived = may_have_arrived
        self.is_permanent = is_permanent
        self.retry_after = retry_after


class RequestTimeoutError(TransportError, TimeoutError):
    """One request took longer than ``request_timeout`` allows."""


class SubmissionUnknownError(TransportError):
    """A submitted request may or may not have arrived; ``operation_id`` is the id to look for."""

    def __init__(self, message: str, *, method: str, url: str, operation_id: str | None, attempts: int = 1) -> None:
        super().__init__(message, method=method, url=url, attempts=attempts)
        self.operation_id = operation_id


class ClosedError(RxEryphError):
    """The connection was closed, maybe under a running stream."""


class ApiError(RxEryphError):
    """The server answered with an error.

    ``errors`` maps the JSON path of an offending member to its messages; ``trace_id`` finds the request
    in the server's log; ``retry_after`` is the server's wish in seconds, where it had one.
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
        self.errors: dict[str, tuple[str, ...]] = {path: tuple(texts) for path, texts in (errors or {}).items()}
        self.trace_id = trace_id
        self.retry_after = retry_after


class InvalidRequestError(ApiError):
    """400: the request does not make sense to the server; see ``errors``. Also raised before sending, status 0."""


class AmbiguousNameError(InvalidRequestError):
    """A name may be any of several things, so nothing was done; ``member`` is the argument it was given as.

    ``choices`` has the name, the project (empty where there is none) and the id of each; ``url`` is their list.
    """

    def __init__(self, message: str, *, member: str, url: str, choices: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(message, status=0, method="GET", url=url, errors={member: (message,)})
        self.member = member
        self.choices = tuple(choices)


class AccessDeniedError(ApiError):
    """401 or 403: the token is not accepted, or its scope or role does not suffice."""


class NotFoundError(ApiError):
    """404: it does not exist, or the client has no role that lets it see the thing."""


class ConflictError(ApiError):
    """409: something of that name exists already."""


class ThrottledError(ApiError):
    """429: too many requests; ``retry_after`` says when to come back, where the server does."""


class ServerError(ApiError):
    """5xx: the server, or something in front of it, broke."""


class WireError(RxEryphError):
    """A reply does not fit the model: ``path`` in the JSON, what was ``expected``, what came (``got``)."""

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
    """Something about one operation; ``operation`` is its last snapshot, None if none was ever seen."""

    def __init__(self, message: str, *, operation_id: str, operation: Operation | None = None) -> None:
        super().__init__(message)
        self.operation_id = operation_id
        self.operation = operation


class OperationFailedError(OperationError):
    """The operation ended as Failed; the message is the server's."""


class OperationCancelledError(OperationError):
    """The operation ended as Cancelled, by somebody's wish or by the server's own time limit."""


class OperationTimeoutError(OperationError, TimeoutError):
    """The caller's time is up. The operation goes on at the server; waiting again continues."""


class OperationVanishedError(OperationError):
    """The operation was there and is not any more: retention, a rebuilt server, or a lost role."""


class MissingResultError(OperationError):
    """The operation has no such result or resource."""
