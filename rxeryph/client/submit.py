"""Submitting a change: never doubled, never silently lost."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ..errors import (
    ClosedError,
    NotFoundError,
    RxEryphError,
    ServerError,
    SubmissionUnknownError,
    ThrottledError,
    TransportError,
    WireError,
)
from ..model import Operation
from ..wire import load_operation
from .transport import Transport

GRACE = 5.0
"""Seconds during which a submit whose answer was lost is looked for."""


def submit(
    transport: Transport,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    correlation_id: str | None = None,
) -> Operation:
    """Send a change once and return the operation it became.

    Sent again, within the budget, only when the request certainly did not arrive or was refused (429, 503).
    When it may have arrived, the operation is looked for by ``correlation_id``, which becomes its id.
    Raises SubmissionUnknownError when that does not tell: the server does not recognise a repeated request,
    so repeating it could do the work twice.
    """
    began, failures = time.monotonic(), 0
    url = transport.url(path)
    while True:
        try:
            return load_operation(transport.send(method, path, body), url)
        except ThrottledError as error:
            refused: RxEryphError = error
        except ServerError as error:
            if error.status in (502, 504):
                return _find(transport, method, url, correlation_id, error)
            if error.status != 503:
                raise
            refused = error
        except TransportError as error:
            if error.may_have_arrived:
                return _find(transport, method, url, correlation_id, error)
            if error.is_permanent:
                raise
            refused = error
        except WireError as error:
            return _find(transport, method, url, correlation_id, error)
        failures += 1
        if transport.budget.is_spent(failures, time.monotonic() - began):
            raise refused
        transport.wait(transport.delay(refused, failures))


def _find(transport: Transport, method: str, url: str, correlation_id: str | None, error: RxEryphError) -> Operation:
    """The operation of a submit whose answer was lost."""
    if correlation_id is None:
        raise SubmissionUnknownError(
            f"{method} {url}: the answer was lost, and the request may have been carried out. Look at the"
            " thing it was about, or at the newest operations, before sending it again.",
            method=method,
            url=url,
            operation_id=None,
        ) from error
    path = f"/v1/operations/{correlation_id}?expand=logs,tasks,resources,projects"
    waited, gap = 0.0, 0.1
    while True:
        try:
            return load_operation(transport.send("GET", path), transport.url(path))
        except ClosedError:
            raise
        except (NotFoundError, TransportError, ServerError, ThrottledError, WireError):
            if waited >= GRACE:
                break
        transport.wait(gap)
        waited += gap
        gap = min(gap * 2, max(GRACE - waited, 0.1))
    raise SubmissionUnknownError(
        f"{method} {url}: the answer was lost and no operation {correlation_id} appeared within {GRACE:.0f} s."
        f" It may still be carried out: look for operation {correlation_id} before sending it again.",
        method=method,
        url=url,
        operation_id=correlation_id,
    ) from error
