"""The polling source: asks for snapshots of one operation while somebody watches, and keeps the events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from ..errors import NotFoundError, OperationVanishedError, RxEryphError
from ..events import LogEntryAdded, OperationFinished, PollFailed, PollRecovered
from ..model import Operation
from ..outcome import OperationResult
from ..retry import ErrorBudget
from ..tracking import NOTHING_KNOWN, Known, Settling, log_time_stamp, observe
from ..tracking.cursor import DEFAULT_OVERLAP
from .engine import Engine
from .history import History
from .loop import PollLoop
from .policies import PollingPolicy, activity

Fetch: TypeAlias = Callable[[str | None], Operation]
"""Given a ``log_time_stamp`` (None: from the beginning), return a snapshot. The only way to the server."""


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """How a source polls; see each part for its meaning and defaults."""

    policy: PollingPolicy = field(default_factory=activity)
    error_budget: ErrorBudget = field(default_factory=ErrorBudget)
    settling: Settling = field(default_factory=Settling)
    overlap: float = DEFAULT_OVERLAP
    """Seconds of log entries that are asked for again with every poll."""


class PollingSource(PollLoop[Operation]):
    """Polls one operation for all who read its ``history``.

    The first reader starts it, the last one to leave stops it, and another one continues from what is known.
    """

    def __init__(
        self,
        operation_id: str,
        fetch: Fetch,
        engine: Engine,
        settings: PollingSettings,
        conclude: Callable[[Operation], OperationResult] = OperationResult,
        initial: Operation | None = None,
    ) -> None:
        super().__init__(engine, settings.policy, settings.error_budget)
        self.operation_id = operation_id
        self.history = History(self._watch, f"operation {operation_id}")
        self.scheduler = engine.delivery
        self._settings = settings
        self._fetch = fetch
        self._conclude = conclude
        self._known: Known = NOTHING_KNOWN
        self._terminal_at: float | None = None
        if initial is not None:
            self._known, events = observe(NOTHING_KNOWN, initial)
            self.history.append(events)

    @property
    def operation(self) -> Operation | None:
        """The last snapshot with all log entries seen, None before the first."""
        return self._known.complete_operation

    @property
    def _is_wanted(self) -> bool:
        return self.history.is_watched and not self.history.has_ended

    def _when_ready(self, action: Callable[[], None]) -> None:
        self.history.when_caught_up(action)

    def _ask(self) -> Operation:
        return self._fetch(log_time_stamp(self._known.newest, self._settings.overlap))

    def _end(self, error: Exception) -> None:
        self.history.end(error)

    def _succeeded(self, answer: Operation, now: float) -> float | None:
        self._known, events = observe(self._known, answer)
        failures, silent_for = self._recovered(now)
        if failures:
            events = (PollRecovered(self.operation_id, answer, failures, silent_for), *events)
        self.history.append(events)
        if not answer.status.is_terminal:
            return self._next_due(now, bool(events))
        return self._settle(now, any(isinstance(event, LogEntryAdded) for event in events))

    def _settle(self, now: float, brought_entries: bool) -> float | None:
        self._is_regular = False
        is_first = self._terminal_at is None
        if self._terminal_at is None:
            self._terminal_at = now
        wait = self._settings.settling.next_read(now - self._terminal_at, brought_entries or is_first)
        if wait is None:
            self._finish()
            return None
        return now + wait

    def _finish(self) -> None:
        operation = self._known.complete_operation
        assert operation is not None  # a terminal status was seen in it
        self.history.append((OperationFinished(self.operation_id, operation, self._conclude(operation)),))
        self.history.end()

    def _failed(self, error: Exception, now: float) -> float | None:
        retry_in = self._bear(error, now)
        left = self._settling_left(now)
        if left is not None and (left <= 0 or retry_in is None):
            self._finish()  # the outcome is known; only late log entries can be missing
            return None
        if retry_in is None:
            self.history.end(self._explain(error))
            return None
        if left is not None:
            retry_in = min(retry_in, left)
        assert isinstance(error, RxEryphError)  # only these are borne
        self.history.append((PollFailed(self.operation_id, self._known.operation, error, self._failures, retry_in),))
        return now + retry_in

    def _settling_left(self, now: float) -> float | None:
        """Seconds for which an operation that has ended may still be read; None while it runs."""
        if self._terminal_at is None:
            return None
        return self._settings.settling.limit - (now - self._terminal_at)

    def _explain(self, error: Exception) -> Exception:
        if isinstance(error, NotFoundError) and self._known.operation is not None:
            vanished = OperationVanishedError(
                f"Operation {self.operation_id} was there and is not any more: the server deleted it, was"
                " rebuilt, or this client lost its role in one of the operation's projects.",
                operation_id=self.operation_id,
                operation=self.operation,
            )
            vanished.__cause__ = error
            return vanished
        return error
