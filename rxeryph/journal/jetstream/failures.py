"""What the errors of a broker and of nats-py mean for a journal."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from nats import errors

PATIENCE = 5.0
"""Seconds to wait for an answer of the broker."""

FULL = {10002, 10023, 10028, 10047, 10077}
"""Codes of JetStream: a limit of the account, the server or the stream is reached, or the disk is full."""

DISABLED = {10039, 10076}
NOT_FOUND = {10037, 10043, 10059}
CHANGED = {10071, 10164}
"""Codes of JetStream: the last message of the subject is not the expected one."""


class UnusableError(Exception):
    """The broker, or what it has under the name of the journal, is not what a journal needs."""

    def __init__(self, reason: str, is_permanent: bool = True) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent


class NoTlsError(UnusableError):
    """The connection is not encrypted."""

    def __init__(self) -> None:
        super().__init__("its URL requires TLS, which the broker does not have; no password was sent")


class TooOldError(UnusableError):
    """The broker has no leases that expire one by one, or does not send many records in one answer."""

    def __init__(self, version: str, needed: str) -> None:
        super().__init__(f"the broker has version {version} of nats-server, and {needed} or newer is needed")


class NotStoredError(UnusableError):
    """A message was not stored, and that is all the broker shows when its disk is full."""

    def __init__(self) -> None:
        reason = "the broker answers but stores nothing; if its log reports a full disk, free space and restart it"
        super().__init__(reason, False)


class RefusedError(Exception):
    """JetStream answered with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        self.code = int(error.get("err_code", 0))
        self.description = str(error.get("description", "no description"))
        super().__init__(self.description)

    @property
    def reason(self) -> str:
        """What to do about it."""
        if self.code in FULL:
            return f"the storage of the broker is full ({self.description}); raise its limit or free space"
        if self.code in DISABLED:
            return "JetStream is not enabled for this account; enable it in the configuration of the broker"
        return f"JetStream refused the request: {self.description} (code {self.code})"


def is_refusal(error: Exception, subject: str) -> bool:
    """True if ``error`` says that the user may not publish to ``subject``."""
    message = str(error).lower()
    return "permissions violation for publish" in message and f'"{subject.lower()}"' in message


def reason_of(error: Exception, reported: Exception | None) -> tuple[str, bool]:
    """Why a journal cannot be used, and whether a retry cannot help. ``reported`` is what nats-py reported before."""
    if isinstance(error, UnusableError):
        return str(error), error.is_permanent
    if isinstance(error, RefusedError):
        return error.reason, False
    message = str(error).lower()
    if "permissions violation" in message:
        return f"the broker does not allow it ({_plain(error)}); give the user this permission", True
    if "authorization" in message or "authentication" in message:
        return "the broker refused the user and password, or the token, of its URL", True
    if isinstance(error, errors.NoRespondersError):
        return "JetStream does not answer; it is not enabled (nats-server -js), or the stream was deleted", False
    if isinstance(error, errors.MaxPayloadError):
        return "the record is larger than max_payload in the configuration of the broker", True
    for each in (error, reported):
        if isinstance(each, ssl.SSLError):
            return f"the broker cannot be trusted ({_plain(each)})", False
    if isinstance(error, errors.TimeoutError | TimeoutError):
        return f"the broker did not answer within {PATIENCE:g} s", False
    if isinstance(error, errors.NoServersError | OSError):
        return f"the broker cannot be reached ({_plain(reported or error)})", False
    if isinstance(error, errors.ConnectionClosedError | errors.OutboundBufferLimitError | errors.UnexpectedEOF):
        return "the connection to the broker was lost", False
    return f"{_plain(error)} (from nats-py)", False


def _plain(error: Exception) -> str:
    return str(error).removeprefix("nats: ").strip("'\n ") or type(error).__name__
