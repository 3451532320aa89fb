"""What a reply means: its decoded JSON, or the error that explains it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from .. import wire
from ..errors import (
    AccessDeniedError,
    ApiError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    ServerError,
    ThrottledError,
    TransportError,
)
from ..http import Reply
from ..reading import read_json
from ..retry import read_retry_after

_ERRORS: dict[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: AccessDeniedError,
    403: AccessDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: ThrottledError,
}


def decode(reply: Reply, method: str, url: str) -> object:
    """The decoded JSON of a reply, None if it is empty. Raises as ``accept``, and TransportError for broken JSON."""
    if not accept(reply, method, url).body:
        return None
    try:
        return read_json(reply.body)
    except ValueError as error:
        reason = str(error)
    raise TransportError(
        f"{method} {url} answered with {len(reply.body)} bytes that are not JSON: {reason}.", method=method, url=url
    )


def accept(reply: Reply, method: str, url: str) -> Reply:
    """The reply, if it is a success whose body is JSON by its ``Content-Type``, or empty.

    Raises ApiError for a status from 400 on, and TransportError for a redirect and for any other body.
    """
    if 300 <= reply.status < 400:
        raise _redirected(reply, method, url)
    if reply.status >= 400:
        raise _refused(reply, method, url)
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if reply.body and kind != "application/json" and not kind.endswith("+json"):
        raise TransportError(
            f"{method} {url} answered with {kind or 'an unnamed type'} instead of JSON."
            " Is this the address of an eryph compute API?",
            method=method,
            url=url,
        )
    return reply


def _redirected(reply: Reply, method: str, url: str) -> TransportError:
    try:
        target = urlsplit(reply.headers.get("location", "")).netloc.rpartition("@")[2] or "nowhere"
    except ValueError:
        target = "what is no URL"
    return TransportError(
        f"{method} {url} was redirected to {target}; redirects are not followed, because the token would be sent"
        " there too. Use the final address as endpoint.",
        method=method,
        url=url,
        may_have_arrived=False,
        is_permanent=True,
    )


def _refused(reply: Reply, method: str, url: str) -> ApiError:
    """The error of a status from 400 on, with the server's problem document if it sent one."""
    try:
        problem = wire.load_problem(read_json(reply.body))
    except ValueError:
        problem = wire.load_problem(None)
    reason = problem.detail or problem.title or _phrase(reply.status)
    members = "; ".join(f"{path}: {' '.join(messages)}" for path, messages in problem.errors.items())
    hints = {
        401: " The token was refused even after a renewal; check the client.",
        403: " The client's scopes or its role in the project do not suffice." if not problem.detail else "",
        404: " It does not exist, or this client may not see it.",
    }
    error = _ERRORS.get(reply.status, ServerError if reply.status >= 500 else ApiError)
    return error(
        f"{method} {url}: {reply.status} {reason.strip().rstrip('.')}."
        + (f" {members}" if members else "")
        + hints.get(reply.status, ""),
        status=reply.status,
        method=method,
        url=url,
        title=problem.title,
        detail=problem.detail,
        errors=problem.errors,
        trace_id=problem.trace_id or reply.headers.get("x-ms-client-request-id"),
        retry_after=read_retry_after(reply.headers.get("retry-after"), reply.headers.get("date")),
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "without an explanation"
