"""What is submitted once, and the errors that say what to do about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ConfigurationError, RxEryphError, SubmissionUnknownError, TransportError
from ..model import Operation
from .intents import Intent, Request, Story

KEYS = uuid.UUID("6f0e7f2c-3a55-4d0b-9d0f-6a1f4b7c8e21")
"""The namespace of keys."""


def operation_id_of(key: str) -> str:
    """The id of the operation that is submitted once with ``key``. Raises ConfigurationError if it is not Unicode."""
    try:
        return str(uuid.uuid5(KEYS, key))
    except UnicodeEncodeError:  # as of an argument of a command in another encoding
        raise ConfigurationError(f"The key {key!r} is not Unicode. Nothing was sent.", member="once") from None


@dataclass(frozen=True)
class Change:
    """A request that is ready to be sent."""

    method: str
    url: str
    send: Callable[[Callable[[], None]], Operation]
    """Send it, and call the given function before its first byte leaves; what that raises ends it. Whatever is raised
    has an ``operation_id`` if the request may have been carried out."""


@dataclass(frozen=True)
class Submission:
    """What a caller submits once, and how to reach the server."""

    key: str
    request: Request
    prepare: Callable[[], Change]
    """Find and check what the change needs. Changes nothing."""
    look_up: Callable[[], Operation | None]
    """The operation at the server, None if it is not found."""
    wait: Callable[[float], None]

    @property
    def operation_id(self) -> str:
        """The id that the operation gets."""
        return operation_id_of(self.key)

    def used_for_another(self, intent: Intent) -> ConfigurationError:
        """The error of a key with which something else was submitted."""
        when = intent.stored_at.isoformat(" ", "seconds")
        return ConfigurationError(
            f"The key {self.key!r} was used at {when} for {intent.request}, which is another request than this"
            f" {self.request.name}, or had other arguments. Nothing was sent. Use another key for another request.",
            member="once",
        )

    def used_elsewhere(self) -> ConfigurationError:
        """The error of a key whose operation exists, but was not submitted with this journal."""
        id = self.operation_id
        error = ConfigurationError(
            f"Operation {id} of the key {self.key!r} exists, but this journal has no record of its submit: another"
            " journal has the same key, or the records were deleted. Nothing was sent. Follow the operation with"
            " track(), or use another key.",
            member="once",
        )
        error.operation_id = id
        return error

    def under_way(self, change: Change, retry_after: float) -> SubmissionUnknownError:
        """The error of a request that another process may be sending."""
        return self._unknown(
            change,
            f"another process is submitting operation {self.operation_id} of the key {self.key!r}, or was when it"
            f" ended. Nothing was sent. Call again with the same key in {retry_after:.0f} s.",
            retry_after,
        )

    def lost(self, change: Change, tries: int) -> SubmissionUnknownError:
        """The error of a request that was sent, and never arrived, too often."""
        return self._unknown(
            change,
            f"{tries} requests for operation {self.operation_id} of the key {self.key!r} have been lost, and no other"
            " is sent. Check the resource it concerns. To submit it after all, use another key.",
            None,
        )

    def forgotten(self, change: Change, story: Story) -> SubmissionUnknownError:
        """The error of a request whose operation the server may have deleted since."""
        assert story.intent is not None
        when = story.intent.stored_at.isoformat(" ", "seconds")
        return self._unknown(
            change,
            f"a request for operation {self.operation_id} of the key {self.key!r} was announced at {when}, and its"
            " answer is not known. The server does not show the operation, but deletes old ones. Nothing was sent."
            " Check the resource it concerns. To submit it after all, use another key.",
            None,
        )

    def advise(self, error: RxEryphError, retry_after: float) -> None:
        """Complete an error after which it is not known whether the request was carried out."""
        error.operation_id = self.operation_id
        retry_after = max(retry_after, 1.0)
        if isinstance(error, SubmissionUnknownError):
            error.retry_after = retry_after = max(retry_after, error.retry_after or 0.0)
        error.args = (f"{error} Call again with the key {self.key!r} in {retry_after:.0f} s to find out.",)

    def too_late(self, change: Change) -> TransportError:
        """The error of a process that was stopped between its intent and its request."""
        return TransportError(
            f"{change.method} {change.url} was not sent: too much time has passed since this process announced it in"
            " the journal, and another one may send it. Call again with the same key.",
            method=change.method,
            url=change.url,
            may_have_arrived=False,
            is_permanent=True,
        )

    def _unknown(self, change: Change, reason: str, retry_after: float | None) -> SubmissionUnknownError:
        return SubmissionUnknownError(
            f"{change.method} {change.url}: {reason}",
            method=change.method,
            url=change.url,
            operation_id=self.operation_id,
            retry_after=retry_after,
        )
