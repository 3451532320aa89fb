"""The polling source: asks for snapshots of one operation while anyone is watching, and keeps the events."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import NotFoundError, OperationVanishedError, RequestTimeoutError, RxEryphError
from ..events import LogEntryAdded, OperationFinished, PollFailed, PollRecovered
from ..model import Operation
from ..model.timestamps import BEGINNING
from ..outcome import OperationResult
from ..retry import POLL_BUDGET, ErrorBudget
from ..tracking import NOTHING_KNOWN, Known, Settling, log_time_stamp, observe
from ..tracking.cursor import DEFAULT_OVERLAP
from .asking import Ask, Done
from .engine import Engine
from .history import History
from .loop import PollLoop
from .pace import Pace
from .policies import PollingPolicy, activity

GRACE = 5.0
"""Seconds after an accepted submit in which an operation that is not found may still appear."""


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """How a source polls. Each part describes its meaning and defaults."""

    policy: PollingPolicy = field(default_factory=activity)
    error_budget: ErrorBudget = POLL_BUDGET
    settling: Settling = field(default_factory=Settling)
    overlap: float = DEFAULT_OVERLAP
    """Seconds of log entries that are asked for again with every poll."""


@dataclass(slots=True)
class _End:
    """What happened since the terminal status was seen; times are in seconds of the engine's clock."""

    seen_at: float
    quiet_since: float
    waited: float = 0.0
    """Seconds waited between the reads since then; those in which the server was slow to answer do not count."""
    has_read_all: bool = False
    """True if all log entries were asked for since."""


class PollingSource:
    """Polls one operation for all readers of its ``history``.

    The first reader starts it, the last one to leave stops it, and another one continues from what is known.
    ``initial`` is a snapshot to begin with, ``known`` what was seen before, whose events are not repeated.
    """

    __slots__ = (
        "__weakref__",
        "_ask",
        "_conclude",
        "_end",
        "_engine",
        "_known",
        "_loop",
        "_pace",
        "_settings",
        "_submitted_at",
        "history",
        "operation_id",
        "scheduler",
    )

    def __init__(
        self,
        operation_id: str,
        ask: Ask,
        engine: Engine,
        settings: PollingSettings,
        conclude: Callable[[Operation], OperationResult] = OperationResult,
        initial: Operation | None = None,
        known: Known = NOTHING_KNOWN,
    ) -> None:
        self._pace = Pace(settings.policy, settings.error_budget, engine.random)
        self._loop: PollLoop[Operation] = PollLoop(self, engine, self._pace)
        self.operation_id = operation_id
        self.history = History(self._loop.watch, f"operation {operation_id}")
        self.scheduler = engine.delivery
        self._engine = engine
        self._settings = settings
        self._ask = ask
        self._conclude = conclude
        self._known = known
        self._end: _End | None = None
        self._submitted_at = -math.inf
        if initial is not None:
            self._known, events = observe(known, initial)
            self.history.append(events)

    @property
    def operation(self) -> Operation | None:
        """The last snapshot with all log entries seen, None before the first."""
        return self._known.complete_operation

    @property
    def policy(self) -> PollingPolicy:
        """When to ask again. Setting it also changes the wait under way."""
        return self._loop.policy

    @policy.setter
    def policy(self, policy: PollingPolicy) -> None:
        self.history.check_process()
        self._loop.policy = policy

    def submitted(self) -> None:
        """The server has just accepted the submit of this operation, and may not show it yet."""
        self._submitted_at = self._engine.now()

    # -- for the loop

    @property
    def is_wanted(self) -> bool:
        """True while the history has readers and has not ended."""
        history = self.history
        return bool(history.readers) and not history.has_ended

    @property
    def is_calm(self) -> bool:
        """True while it is wanted and no reader is behind."""
        history = self.history
        if history.has_ended or not history.readers:
            return False
        for reader in history.readers:  # noqa: SIM110 - as a loop it costs half as much
            if reader.is_behind:
                return False
        return True

    def ask(self, done: Done[Operation]) -> None:
        """Ask for a snapshot with the log entries that are not known yet, and some that are.

        The first read after the terminal status asks for all of them: some may have been stamped out of order, as
        when the server's clock was set back.
        """
        is_full = self._end is not None and not self._end.has_read_all
        since = log_time_stamp(self._known.newest, self._settings.overlap)
        self._ask(BEGINNING if is_full else since, done)

    def when_ready(self, action: Callable[[], None]) -> None:
        """Run ``action`` once no reader is behind."""
        self.history.when_caught_up(action)

    def end(self, error: Exception) -> None:
        """End the history with ``error``."""
        self.history.end(error)

    def succeeded(self, answer: Operation, now: float) -> float | None:
        """Append what is new in a snapshot; when to ask again, None at the end."""
        self._known, events = observe(self._known, answer)
        failures, silent_for = self._pace.recovered(now)
        if failures:
            events = (PollRecovered(self.operation_id, answer, failures, silent_for), *events)
        self.history.append(events)
        if not answer.status.is_terminal:
            return self._pace.after_answer(now, bool(events))
        return self._settle(now, any(isinstance(event, LogEntryAdded) for event in events))

    def failed(self, error: Exception, now: float) -> float | None:
        """Append that a poll failed, or end because of it; when to ask again, None at the end."""
        is_early = isinstance(error, NotFoundError) and now - self._submitted_at < GRACE
        retry_in = self._pace.after_absence(now) if is_early else self._pace.after_failure(error, now)
        if self._end is not None and not _is_slow(error):
            left = self._settings.settling.longest(self._engine.lag.seconds(now)) - self._end.waited
            retry_in = None if retry_in is None or left <= 0 else min(retry_in, left)
            self._end.waited += retry_in or 0.0
        if retry_in is None:
            if self._end is not None:
                self._finish(now)  # the outcome is known; only late log entries can be missing
            else:
                self.end(self._explain(error))
            return None
        assert isinstance(error, RxEryphError)  # only these are tried again
        failed = PollFailed(self.operation_id, self._known.operation, error, self._pace.failures, retry_in)
        self.history.append((failed,))
        return now + retry_in

    # -- the end

    def _settle(self, now: float, brought_entries: bool) -> float | None:
        operation, newest = self._known.operation, self._known.newest
        assert operation is not None
        self._engine.lag.note(operation, newest, now)
        end = self._end
        if end is None:
            end = self._end = _End(now, now)
        else:
            end.has_read_all = True
            if brought_entries:
                end.quiet_since = now
        # An answer may be as of the moment in which it was asked for, however late it comes.
        quiet_for = max(0.0, self._pace.asked_at - end.quiet_since)
        wait = self._settings.settling.next_read(end.waited, quiet_for, self._engine.lag.seconds(now))
        if wait is None:
            self._finish(now)
            return None
        end.waited += wait
        return self._pace.after_wait(wait, now)

    def _finish(self, now: float) -> None:
        operation = self._known.complete_operation
        assert operation is not None  # a terminal status was seen in it
        assert self._end is not None
        result = self._conclude(operation)
        settled_for, lag = now - self._end.seen_at, self._engine.lag.seconds(now)
        self.history.append((OperationFinished(self.operation_id, operation, result, settled_for, lag),))
        self.history.end()

    def _explain(self, error: Exception) -> Exception:
        if isinstance(error, NotFoundError) and self._known.operation is not None:
            vanished = OperationVanishedError(
                f"Operation {self.operation_id} no longer exists: the server deleted it, was rebuilt, or this client"
                " lost its role in one of the operation's projects.",
                operation_id=self.operation_id,
                operation=self.operation,
            )
            vanished.__cause__ = error
            return vanished
        return error


def _is_slow(error: Exception) -> bool:
    """True when the server took too long to answer: then it is busy, and its log entries are late too."""
    return isinstance(error, RequestTimeoutError) and error.may_have_arrived
