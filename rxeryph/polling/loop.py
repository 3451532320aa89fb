"""The poll loop: when to ask, on which thread, how long failures are borne. What is asked for is not its business."""

from __future__ import annotations

import logging
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Generic, TypeVar

from reactivex.abc import DisposableBase

from ..errors import ApiError, ServerError, ThrottledError, TransportError, WireError
from ..retry import ErrorBudget
from .engine import Engine
from .policies import PollContext, PollingPolicy

logger = logging.getLogger("rxeryph")

JITTER = 0.1
"""Each interval is stretched or cut by up to this part, so that loops do not poll in step."""

AnswerT = TypeVar("AnswerT")


class _State(Enum):
    IDLE = "nobody wants anything"
    WAITING = "in the timer's heap"
    POLLING = "a request is under way, or its answer is being delivered"


class PollLoop(ABC, Generic[AnswerT]):
    """Asks again and again while somebody wants to know.

    It is either waiting or polling, so polls of one loop never overlap, and the next one is due only when all
    who were told have returned.
    """

    def __init__(self, engine: Engine, policy: PollingPolicy, error_budget: ErrorBudget) -> None:
        self._engine = engine
        self._policy = policy
        self._budget = error_budget
        self._lock = threading.Lock()
        self._state = _State.IDLE
        self._timer: DisposableBase | None = None
        self._waits = 0
        self._is_regular = False
        self._due = 0.0
        self._polled_due = 0.0
        self._asked_at = 0.0
        self._started_at: float | None = None
        self._news_at = 0.0
        self._good_at = 0.0
        self._failures = 0
        self._context = PollContext(age=0.0, idle=0.0, polls=0, quiet_polls=0, latency=0.0)

    # -- what a kind of loop says

    @property
    @abstractmethod
    def _is_wanted(self) -> bool:
        """True while there is somebody to tell."""

    @abstractmethod
    def _ask(self) -> AnswerT:
        """Make one request, on a worker."""

    @abstractmethod
    def _succeeded(self, answer: AnswerT, now: float) -> float | None:
        """Tell what came; when the next poll is due, or None at the end."""

    @abstractmethod
    def _failed(self, error: Exception, now: float) -> float | None:
        """Tell that a poll failed; when the next one is due, or None at the end."""

    @abstractmethod
    def _end(self, error: Exception) -> None:
        """Tell that nothing comes any more because of ``error``."""

    def _when_ready(self, action: Callable[[], None]) -> None:
        """Run ``action`` once all who were told have returned."""
        action()

    # -- when to ask

    @property
    def policy(self) -> PollingPolicy:
        """When to ask again. A wait that is under way is measured anew when it is set."""
        return self._policy

    @policy.setter
    def policy(self, policy: PollingPolicy) -> None:
        with self._lock:
            self._policy = policy
            if self._state is not _State.WAITING or not self._is_regular:
                return
        try:
            interval = _interval(policy, self._context)
        except Exception as error:  # noqa: BLE001 - the user's code; the subscribers hear of it
            self.fail(error)
            return
        with self._lock:
            if self._state is _State.WAITING and self._is_regular and self._policy is policy:
                self._wait_until(max(self._polled_due + self._jittered(interval), self._engine.now()))

    # -- the loop: _watch -> _wait_until -> _ring -> _poll -> _rest -> _wait_until -> ...

    def _watch(self) -> None:
        """Begin, or stop, by whether anybody wants to know."""
        if not self._is_wanted:
            self._stop(unless_wanted=True)
            return
        try:
            self._engine.adopt(self)
        except Exception as error:  # noqa: BLE001 - the connection is closed; told to all who watch
            self._end(error)
            return
        now = self._engine.now()
        with self._lock:
            if self._started_at is None:
                self._started_at = self._news_at = now
            if self._state is not _State.IDLE or not self._is_wanted:
                return
            self._good_at = now  # nobody asked meanwhile, so that silence counts for nothing
            self._is_regular = False
            self._wait_until(now)

    def fail(self, error: Exception) -> None:
        """End with ``error``, unless it has ended already."""
        self._stop()
        self._end(error)

    def _stop(self, *, unless_wanted: bool = False) -> None:
        with self._lock:
            # Somebody may have come since the last one left, and is not to lose the timer.
            if self._state is not _State.WAITING or (unless_wanted and self._is_wanted):
                return
            self._state = _State.IDLE
            if self._timer is not None:
                self._timer.dispose()

    def _wait_until(self, due: float) -> None:
        if self._timer is not None:
            self._timer.dispose()
        self._waits += 1
        number = self._waits
        self._state = _State.WAITING
        self._due = due
        self._timer = self._engine.call_at(due, lambda: self._ring(number))

    def _ring(self, number: int) -> None:
        with self._lock:
            if self._state is not _State.WAITING or number != self._waits:
                return  # a timer that was disposed while it rang
            self._state = _State.POLLING if self._is_wanted else _State.IDLE
            if self._state is _State.IDLE:
                return
            self._polled_due = self._due
        self._engine.submit(self._poll)

    def _poll(self) -> None:
        try:
            if not self._is_wanted:
                self._pause()
                return
            self._asked_at = self._engine.now()
            answer: AnswerT | None = None
            failure: Exception | None = None
            try:
                answer = self._ask()
            except Exception as error:  # noqa: BLE001 - every error ends as an event or in on_error
                failure = error
            if self._is_wanted:
                now = self._engine.now()
                due = self._failed(failure, now) if failure is not None else self._succeeded(answer, now)  # type: ignore[arg-type]
                if due is not None:
                    self._when_ready(lambda: self._rest(due))
                    return
            self._pause()
        except Exception as error:
            # A mistake of ours, or of the function that makes the result: nobody is to wait for ever because of it.
            logger.exception("Polling went wrong")
            self._end(error)

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
            self._polled_due = now
            self._state = _State.POLLING
        self._engine.submit_last(self._poll)

    # -- what an answer means for the next poll

    def _next_due(self, now: float, has_news: bool) -> float | None:
        """When the policy asks again after a good answer; None if the policy itself is broken."""
        self._is_regular = True
        if has_news:
            self._news_at = now
        last = self._context
        self._context = PollContext(
            age=now - (self._started_at if self._started_at is not None else now),
            idle=now - self._news_at,
            polls=last.polls + 1,
            quiet_polls=0 if has_news else last.quiet_polls + 1,
            latency=now - self._asked_at,
        )
        try:
            interval = _interval(self._policy, self._context)
        except Exception as error:  # noqa: BLE001 - the policy is the user's code; the subscribers hear of it
            self._end(error)
            return None
        due = self._polled_due + self._jittered(interval)
        return due if due >= now else now + interval * JITTER * self._engine.random()

    def _jittered(self, interval: float) -> float:
        return interval * (1.0 + JITTER * (2.0 * self._engine.random() - 1.0))

    def _recovered(self, now: float) -> tuple[int, float]:
        """After a good answer: how many polls had failed in a row, and for how many seconds there was silence."""
        told = self._failures, now - self._good_at
        self._failures = 0
        self._good_at = now
        return told

    def _bear(self, error: Exception, now: float) -> float | None:
        """Seconds until the next attempt; None when asking again cannot help, or the budget is spent."""
        self._is_regular = False
        self._failures += 1
        if not is_transient(error) or self._budget.is_spent(self._failures, now - self._good_at):
            return None
        retry_after = error.retry_after if isinstance(error, ApiError) else None
        self._context = replace(self._context, retry_after=retry_after)
        return retry_after if retry_after is not None else self._budget.delay(self._failures, self._engine.random)


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
