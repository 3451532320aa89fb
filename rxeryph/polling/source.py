"""The polling source: asks for snapshots of one operation while somebody watches, and keeps the events."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias

from reactivex.abc import DisposableBase

from ..budget import ErrorBudget
from ..errors import (
    ApiError,
    NotFoundError,
    OperationVanishedError,
    RxEryphError,
    ServerError,
    ThrottledError,
    TransportError,
    WireError,
)
from ..events import AnyEvent, LogEntryAdded, OperationFinished, PollFailed, PollRecovered
from ..model import Operation
from ..result import OperationResult
from ..tracking import NOTHING_KNOWN, Known, Settling, log_time_stamp, observe
from ..tracking.cursor import DEFAULT_OVERLAP
from .engine import Engine
from .history import History
from .policies import PollContext, PollingPolicy, activity

logger = logging.getLogger("rxeryph")

Fetch: TypeAlias = Callable[[str | None], Operation]
"""Given a ``log_time_stamp`` (None: from the beginning), return a snapshot. The only way to the server."""

JITTER = 0.1
"""Each interval is stretched or cut by up to this part, so that operations do not poll in step."""


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """How a source polls; see each part for its meaning and defaults."""

    policy: PollingPolicy = field(default_factory=activity)
    error_budget: ErrorBudget = field(default_factory=ErrorBudget)
    settling: Settling = field(default_factory=Settling)
    overlap: float = DEFAULT_OVERLAP
    """Seconds of log entries that are asked for again with every poll."""


class _State(Enum):
    IDLE = "nobody watches"
    WAITING = "in the timer's heap"
    POLLING = "a request is under way, or its events are being delivered"


class PollingSource:
    """Polls one operation for all who read its ``history``.

    The first reader starts it, the last one to leave stops it, and another one continues from what is
    known. It is either waiting or polling, so polls of one operation never overlap.
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
        self.operation_id = operation_id
        self.history = History(self._watch)
        self.policy = settings.policy
        self.scheduler = engine.delivery
        self._settings = settings
        self._fetch = fetch
        self._engine = engine
        self._conclude = conclude
        self._lock = threading.Lock()
        self._state = _State.IDLE
        self._timer: DisposableBase | None = None
        self._known: Known = NOTHING_KNOWN
        self._due = 0.0
        self._asked_at = 0.0
        self._started_at: float | None = None
        self._news_at = 0.0
        self._good_at = 0.0
        self._terminal_at: float | None = None
        self._context = PollContext(age=0.0, idle=0.0, polls=0, quiet_polls=0, latency=0.0)
        self._failures = 0
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

    def fail(self, error: RxEryphError) -> None:
        """End the stream with ``error``, unless it has ended already."""
        self._stop()
        self.history.end(error)

    # -- the loop: _watch -> _wait_until -> _ask -> _answered -> _wait_until -> ...

    def _watch(self) -> None:
        if not self.history.is_watched:
            self._stop(unless_watched=True)
            return
        try:
            self._engine.adopt(self)
        except RxEryphError as error:
            self.fail(error)
            return
        now = self._engine.now()
        with self._lock:
            if self._started_at is None:
                self._started_at = self._news_at = now
            if self._state is not _State.IDLE or not self.history.is_watched:
                return
            self._good_at = now  # nobody asked meanwhile, so that silence counts for nothing
            self._wait_until(now)

    def _stop(self, *, unless_watched: bool = False) -> None:
        with self._lock:
            # Somebody may have come since the last one left, and is not to lose the timer.
            if self._state is not _State.WAITING or (unless_watched and self.history.is_watched):
                return
            self._state = _State.IDLE
            if self._timer is not None:
                self._timer.dispose()

    def _wait_until(self, due: float) -> None:
        self._state = _State.WAITING
        self._due = due
        self._timer = self._engine.call_at(due, self._ring)

    def _ring(self) -> None:
        with self._lock:
            if self._state is not _State.WAITING:
                return
            self._state = _State.POLLING if self._is_wanted else _State.IDLE
            if self._state is _State.IDLE:
                return
        self._engine.submit(self._poll)

    def _poll(self) -> None:
        try:
            if self._is_wanted:
                self._answered(self._ask())
            else:
                self._pause()
        except Exception as error:
            # A mistake of ours, or of the function that makes the result: nobody is to wait for ever because of it.
            logger.exception("Tracking operation %s went wrong", self.operation_id)
            self.history.end(error)

    def _ask(self) -> Operation | Exception:
        self._asked_at = self._engine.now()
        try:
            return self._fetch(log_time_stamp(self._known.newest, self._settings.overlap))
        except Exception as error:  # noqa: BLE001 - every error ends as an event or in on_error
            return error

    def _answered(self, answer: Operation | Exception) -> None:
        """Handle an answer, unless nobody is left to hear it; then wait for the readers and the next due time."""
        if self._is_wanted:
            now = self._engine.now()
            due = self._failed(answer, now) if isinstance(answer, Exception) else self._succeeded(answer, now)
            if due is not None:
                self.history.when_caught_up(lambda: self._rest(due))
                return
        self._pause()

    def _pause(self) -> None:
        with self._lock:
            self._state = _State.IDLE
        if self._is_wanted:
            self._watch()  # somebody came back while the answer was dropped

    def _rest(self, due: float) -> None:
        with self._lock:
            if not self._is_wanted:
                self._state = _State.IDLE
                return
            now = self._engine.now()
            if due >= now:
                self._wait_until(due)
                return
            # Ticks that were missed are skipped: a late poll is made once, now, and never made up for.
            self._due = now
            self._state = _State.POLLING
        self._engine.submit(self._poll)

    # -- what an answer means; each returns when the next poll is due, or None at the end

    def _succeeded(self, snapshot: Operation, now: float) -> float | None:
        self._known, events = observe(self._known, snapshot)
        if self._failures:
            silent_for = now - self._good_at
            recovered = PollRecovered(self.operation_id, snapshot, self._failures, silent_for)
            events = (recovered, *events)
        self._failures = 0
        self._good_at = now
        if events:
            self._news_at = now
        self._context = self._look_back(now, bool(events))
        self.history.append(events)
        if not snapshot.status.is_terminal:
            return self._next_due(now)
        return self._settle(now, any(isinstance(event, LogEntryAdded) for event in events))

    def _look_back(self, now: float, has_news: bool) -> PollContext:
        last = self._context
        return PollContext(
            age=now - (self._started_at if self._started_at is not None else now),
            idle=now - self._news_at,
            polls=last.polls + 1,
            quiet_polls=0 if has_news else last.quiet_polls + 1,
            latency=now - self._asked_at,
        )

    def _next_due(self, now: float) -> float | None:
        try:
            interval = _interval(self.policy, self._context)
        except Exception as error:  # noqa: BLE001 - the policy is the user's code; the stream's subscribers hear of it
            self.history.end(error)
            return None
        due = self._due + interval * (1.0 + JITTER * (2.0 * self._engine.random() - 1.0))
        if due >= now:
            return due
        return now + interval * JITTER * self._engine.random()

    def _settle(self, now: float, brought_entries: bool) -> float | None:
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
        self._emit(OperationFinished(self.operation_id, operation, self._conclude(operation)))
        self.history.end()

    def _failed(self, error: Exception, now: float) -> float | None:
        self._failures += 1
        budget = self._settings.error_budget
        left = self._settling_left(now)
        is_over = budget.is_spent(self._failures, now - self._good_at)
        if left is not None and (left <= 0 or is_over or not is_transient(error)):
            self._finish()  # the outcome is known; only late log entries can be missing
            return None
        if not isinstance(error, RxEryphError) or not is_transient(error):
            self.history.end(self._explain(error))
            return None
        if is_over:
            self.history.end(error)
            return None
        retry_after = error.retry_after if isinstance(error, ApiError) else None
        retry_in = retry_after if retry_after is not None else budget.delay(self._failures, self._engine.random)
        if left is not None:
            retry_in = min(retry_in, left)
        self._context = replace(self._context, retry_after=retry_after)
        self._emit(PollFailed(self.operation_id, self._known.operation, error, self._failures, retry_in))
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

    def _emit(self, event: AnyEvent) -> None:
        self.history.append((event,))


def _interval(policy: PollingPolicy, context: PollContext) -> float:
    interval = float(policy(context))
    if not 0 < interval < math.inf:
        raise ValueError(f"The polling policy {policy!r} said {interval} s; it has to be more than 0.")
    return interval


def is_transient(error: Exception) -> bool:
    """True when asking again may help: no usable reply, one that does not fit, 429 and 5xx."""
    if isinstance(error, TransportError):
        return not error.is_permanent
    return isinstance(error, WireError | ThrottledError | ServerError)
