"""Submitting a change: never doubled, never silently lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from .. import wire
from ..errors import ClosedError, NotFoundError, RequestTimeoutError, RxEryphError, SubmissionUnknownError, WireError
from ..http import Patience
from ..model import Operation
from ..retry import LOOK_UP, LOOK_UP_UNANSWERED, Attempts, ErrorBudget, is_explained, may_have_been_done, retry_after
from .checks import as_id
from .transport import Transport

logger = logging.getLogger("rxeryph")


def submit(
    transport: Transport,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    correlation_id: str | None = None,
    check: Callable[[], None] | None = None,
) -> Operation:
    """Send a change and return the operation it became.

    The server does not recognise a repeated request, so a change is sent again only when it certainly was not
    carried out. When it may have been, the operation is looked for by ``correlation_id``, which becomes its id.

    Raises SubmissionUnknownError when it is not found, or the server's own error if it explained one. Whatever is
    raised after the change may have been carried out has the id as ``operation_id``. ``check`` is called just before
    the change is sent, each time; if it raises, it is not sent.
    """
    transport.before_submit()
    submission = _Submission(transport, method, transport.url(path), correlation_id)
    submission.patience.check = check
    attempts = Attempts(transport.budget, transport.now())
    while True:
        submission.patience.sent_at = None
        try:
            return submission.load(transport.send(method, path, body, submission.patience))
        except RxEryphError as error:
            if may_have_been_done(error):
                return submission.find(error)
            if isinstance(error, ClosedError) and submission.patience.sent_at is not None:
                raise submission.explained(error) from error.__cause__
            transport.wait_or_raise(error, attempts)


class _Submission:
    """One change, and the id that its operation gets, if the caller chooses that."""

    def __init__(self, transport: Transport, method: str, url: str, operation_id: str | None) -> None:
        self.patience = Patience(self._say_waiting)
        self._transport = transport
        self._method = method
        self._url = url
        self._id = operation_id
        self._has_said_waiting = False

    def load(self, reply: object) -> Operation:
        """The operation in a reply. Raises WireError, also for one with another id."""
        found = wire.load_operation(reply, self._url)
        own_id = as_id(found.id)
        if own_id is not None and self._id in (None, own_id):
            return found
        expected = "the id of an operation" if self._id is None else self._id
        got = repr(found.id)[:60]
        raise WireError(
            f"The reply from {self._url} does not fit at $.id: expected {expected}; got {got}.",
            path="$.id",
            expected=expected,
            got=got,
            url=self._url,
        )

    def find(self, lost: RxEryphError) -> Operation:
        """The operation of this submit, which ended with ``lost`` but may have been carried out."""
        asked_for = None
        if self._id is not None:
            try:
                return self._look_up(self._id, self._time_for(lost))
            except ClosedError as error:
                raise self.explained(error) from lost
            except RxEryphError as error:
                asked_for = retry_after(error)
        if is_explained(lost):
            raise self.explained(lost)
        raise self.explained(
            SubmissionUnknownError(
                f"{self._method} {self._url}: the answer was lost.",
                method=self._method,
                url=self._url,
                operation_id=self._id,
                retry_after=asked_for,
            )
        ) from lost

    def explained(self, error: RxEryphError) -> RxEryphError:
        """``error`` with the id of the operation, and what to check before the change is sent again."""
        if self._id is None:
            advice = (
                "The request may have been carried out: check the resource it concerns, or the newest operations,"
            )
        elif isinstance(error, ClosedError):
            advice = f"The request may have been carried out: look for operation {self._id}"
        else:
            advice = f"Operation {self._id} was not found, but may still appear: look for it"
        advice += " before sending it again."
        error.args = (f"{error} {advice}",)
        error.operation_id = self._id
        return error

    def _look_up(self, operation_id: str, budget: ErrorBudget) -> Operation:
        """The operation with this id. Raises the last error when it does not appear in time."""
        path = f"/v1/operations/{operation_id}?expand=logs,tasks,resources,projects"
        attempts = Attempts(budget, self._transport.now())
        while True:
            try:
                return self.load(self._transport.send("GET", path))
            except RxEryphError as error:
                now = self._transport.now()
                seconds = attempts.again(now) if isinstance(error, NotFoundError) else attempts.after(error, now)
                if seconds is None:
                    raise
            self._say_waiting()
            self._transport.wait(seconds)

    def _time_for(self, lost: RxEryphError) -> ErrorBudget:
        sent_at = self.patience.sent_at
        if not isinstance(lost, RequestTimeoutError) or sent_at is None:
            return LOOK_UP
        left = sent_at + LOOK_UP_UNANSWERED - self._transport.now()
        return replace(LOOK_UP, seconds=max(LOOK_UP.seconds, left))

    def _say_waiting(self) -> None:
        if not self._has_said_waiting:
            self._has_said_waiting = True
            which = "" if self._id is None else f"; operation {self._id} can be looked up meanwhile"
            logger.info("%s %s: still waiting for the answer%s", self._method, self._url, which)
