"""Submitting a change: never doubled, never silently lost."""

from __future__ import annotations

import time
from collections.abc import Mapping

from .. import wire
from ..errors import ClosedError, NotFoundError, RxEryphError, SubmissionUnknownError
from ..model import Operation
from ..retry import LOOK_UP, Attempts, is_explained, may_have_been_done, retry_after
from .transport import Transport


def submit(
    transport: Transport,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    correlation_id: str | None = None,
) -> Operation:
    """Send a change and return the operation it became.

    The server does not recognise a repeated request, so a change is sent again only when it certainly was not
    carried out. When it may have been, the operation is looked for by ``correlation_id``, which becomes its id.

    Raises SubmissionUnknownError when it is not found, or the server's own error if it explained one.
    """
    url = transport.url(path)
    attempts = Attempts(transport.budget, time.monotonic())
    while True:
        try:
            return wire.load_operation(transport.send(method, path, body), url)
        except RxEryphError as error:
            if may_have_been_done(error):
                return _find(transport, method, url, correlation_id, error)
            transport.wait_or_raise(error, attempts)


def _find(transport: Transport, method: str, url: str, correlation_id: str | None, lost: RxEryphError) -> Operation:
    """The operation of a submit that ended with ``lost``, but may have been carried out."""
    asked_for = None
    advice = (
        "The request may have been carried out: check the resource it concerns, or the newest operations, before"
        " sending it again."
    )
    if correlation_id is not None:
        try:
            return _look_up(transport, correlation_id)
        except ClosedError:
            raise
        except RxEryphError as error:
            asked_for = retry_after(error)
        advice = (
            f"Operation {correlation_id} was not found, but the request may still be carried out: look for that"
            " operation before sending it again."
        )
    if is_explained(lost):
        lost.args = (f"{lost} {advice}",)
        raise lost
    raise SubmissionUnknownError(
        f"{method} {url}: the answer was lost. {advice}",
        method=method,
        url=url,
        operation_id=correlation_id,
        retry_after=asked_for,
    ) from lost


def _look_up(transport: Transport, operation_id: str) -> Operation:
    """The operation with this id. Raises the last error when it does not appear in time."""
    path = f"/v1/operations/{operation_id}?expand=logs,tasks,resources,projects"
    attempts = Attempts(LOOK_UP, time.monotonic())
    while True:
        try:
            return wire.load_operation(transport.send("GET", path), transport.url(path))
        except RxEryphError as error:
            now = time.monotonic()
            seconds = attempts.again(now) if isinstance(error, NotFoundError) else attempts.after(error, now)
            if seconds is None:
                raise
        transport.wait(seconds)
