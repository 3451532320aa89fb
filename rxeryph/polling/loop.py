"""The poll loop: asks, waits and asks again while anyone is watching. It does not know what is polled."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Generic, TypeVar, final

from ..errors import ClosedError
from ..scheduling.log import logger
from ..scheduling.observers import USER_CODE_ERRORS, as_exception
from .alarm import Alarm
from .asking import Unasked
from .engine import Engine
from .pace import Pace
from .policies import PollingPolicy
from .polled import Polled

AnswerT = TypeVar("AnswerT")


class _State(Enum):
    IDLE = "no one is watching"
    WAITING = "the timer has the next poll"
    ASKING = "a poll was asked for, or its answer is being delivered"


@final
class PollLoop(Generic[AnswerT]):
    """Lets ``polled`` ask again and again. ``pace`` computes the times; the loop keeps the state and the timer.

    The loop is either waiting or asking, never both, so polls of one loop never overlap. The next poll is due only
    when everyone who was given the last answer has returned.

    Long because one lock guards the whole cycle.
    """

    __slots__ = (
        "__weakref__",
        "_alarm",
        "_due",
        "_engine",
        "_is_first",
        "_lock",
        "_pace",
        "_polled",
        "_state",
        "_turn",
    )

    def __init__(self, polled: Polled[AnswerT], engine: Engine, pace: Pace) -> None:
        self._polled = polled
        self._engine = engine
        self._pace = pace
        self._lock = threading.Lock()
        self._state = _State.IDLE
        self._turn = 0  # counts waits and asks: an answer of an earlier turn is ignored
        self._is_first = True  # until the first ask since the last begin
        self._due = 0.0
        self._alarm = Alarm(engine, self._lock, self._ring)

    @property
    def policy(self) -> PollingPolicy:
        """When to ask again. Setting it also changes the wait under way."""
        return self._pace.policy

    @policy.setter
    def policy(self, policy: PollingPolicy) -> None:
        with self._lock:
            self._pace.policy = policy
        self._remeasure()

    def watch(self) -> None:
        """Begin or stop, depending on whether anyone is watching."""
        if not self._polled.is_wanted:
            self._stop(unless_wanted=True)
            return
        try:
            self._engine.adopt(self)
        except ClosedError as error:
            self._polled.end(error)
            return
        now = self._engine.now()
        with self._lock:
            if self._state is _State.IDLE and self._polled.is_wanted:
                self._pace.begin(now)
                self._is_first = True
                self._wait_until(now, now)

    def stop(self) -> None:
        """Ask no more. A request under way is left alone, and its answer is dropped if no one wants it then."""
        self._stop(unless_wanted=False)

    def fail(self, error: Exception) -> None:
        """Stop, and end with ``error``."""
        self.stop()
        self._polled.end(error)

    def _stop(self, *, unless_wanted: bool) -> None:
        if not self._engine.is_here:
            return
        with self._lock:
            # A watcher may have come since the last one left, and must not lose the timer.
            if self._state is _State.WAITING and not (unless_wanted and self._polled.is_wanted):
                self._state = _State.IDLE
                self._alarm.clear()

    def _remeasure(self) -> None:
        with self._lock:
            if self._state is not _State.WAITING:
                return
            turn = self._turn
        now = self._engine.now()
        try:
            due = self._pace.remeasured(now)
        except USER_CODE_ERRORS as raised:
            self.fail(as_exception(raised))
            return
        with self._lock:
            if due is None or self._state is not _State.WAITING:
                return
            if turn == self._turn:
                self._wait_until(due, now)
                return
        self._remeasure()  # another wait began meanwhile

    # -- the cycle: _wait_until -> _ring -> _ask -> take -> _rest -> _wait_until.
    #    _wait_until, _ring and _begin change the state and are called with the lock held.

    def _wait_until(self, due: float, now: float, slack: float = 0.0) -> None:
        self._turn += 1
        self._state = _State.WAITING
        self._due = due
        self._alarm.set(due + slack, now)

    def _ring(self) -> Callable[[], None]:
        if self._state is not _State.WAITING:
            return lambda: None
        return partial(self._ask, self._begin(self._due, self._engine.now()))

    def _begin(self, due: float, now: float) -> _Done[AnswerT]:
        self._state = _State.ASKING
        self._turn += 1
        self._pace.asked(due, now)
        is_first, self._is_first = self._is_first, False
        return _Done(self._polled, self, self._turn, is_first)

    def offer(self, asked_at: float, has_news: bool) -> _Done[AnswerT] | None:
        """See ``Done.offer``."""
        with self._lock:
            is_waiting = self._state is _State.WAITING and self._polled.is_wanted
            if not is_waiting or not self._pace.takes_early(self._due, asked_at, has_news):
                return None
            return self._begin(asked_at, asked_at)

    def still(self, asked_at: float, slack: float) -> bool:
        """See ``Done.still``."""
        pace, polled = self._pace, self._polled
        with self._lock:
            is_waiting = self._state is _State.WAITING and polled.is_calm and not pace.failures
            if not is_waiting or not pace.takes_early(self._due, asked_at, has_news=False):
                return False
            self._state = _State.ASKING
            pace.asked(asked_at, asked_at)
        try:
            now = self._engine.now()
            due = pace.after_same(now)
        except USER_CODE_ERRORS as raised:
            self._broke(raised)
            return True
        with self._lock:
            if polled.is_wanted:
                self._wait_until(due, now, slack)
            else:
                self._state = _State.IDLE
        return True

    def rely(self, slack: float) -> float:
        """See ``Done.rely``."""
        with self._lock:
            due = self.due
            if due < math.inf:
                self._alarm.set(due + slack, self._engine.now())
            return due

    def hurry(self) -> None:
        """See ``Done.hurry``."""
        with self._lock:
            if self._state is _State.WAITING:
                self._alarm.set(self._due, self._engine.now())

    @property
    def due(self) -> float:
        """See ``Done.due``."""
        return self._due if self._state is _State.WAITING and self._pace.is_regular else math.inf

    @property
    def interval(self) -> float:
        """See ``Done.interval``."""
        return self._pace.interval

    def _ask(self, done: _Done[AnswerT]) -> None:
        try:
            self._polled.ask(done)
        except USER_CODE_ERRORS as raised:
            error = as_exception(raised)
            self._engine.submit(lambda: done(error))

    def take(self, turn: int, answer: AnswerT | Exception, rested: Callable[[], None] | None = None) -> None:
        """The answer to the ask of this turn. See ``Done.__call__``."""
        with self._lock:
            if turn != self._turn:
                return  # answered already
            self._turn += 1
        try:
            due = self._deliver(answer)
            if due is None:
                self._pause()
            else:
                self._polled.when_ready(lambda: self._rest(due, rested))
        except USER_CODE_ERRORS as raised:
            self._broke(raised)

    def _broke(self, raised: BaseException) -> None:
        """The policy, the function that makes the result, or a mistake of ours: no one may wait for ever."""
        logger.exception("Polling ends because of an unexpected error")
        self._polled.end(as_exception(raised))

    def _deliver(self, answer: AnswerT | Exception) -> float | None:
        if not self._polled.is_wanted:
            return None
        if not isinstance(answer, Exception):
            return self._polled.succeeded(answer, self._engine.now())
        if isinstance(answer, Unasked):
            return None
        return self._polled.failed(answer, self._engine.now())

    def _pause(self) -> None:
        with self._lock:
            self._state = _State.IDLE
        if self._polled.is_wanted:
            self.watch()  # a watcher came back while the answer was dropped

    def _rest(self, due: float, rested: Callable[[], None] | None) -> None:
        with self._lock:
            if not self._polled.is_wanted:
                self._state = _State.IDLE
                return
            now = self._engine.now()
            # Polls that were missed are skipped: a late one is made once, now, and those before it never.
            done = self._begin(now, now) if due < now else None
            if done is None:
                self._wait_until(due, now)
        if done is not None:
            self._ask(done)
        elif rested is not None:
            rested()


class _Done(Generic[AnswerT]):
    """One ask of a loop, which takes its answer."""

    __slots__ = ("_loop", "_polled", "_turn", "is_first")

    def __init__(self, polled: Polled[AnswerT], loop: PollLoop[AnswerT], turn: int, is_first: bool) -> None:
        self._polled = polled
        self._loop = loop
        self._turn = turn
        self.is_first = is_first

    @property
    def is_wanted(self) -> bool:
        return self._polled.is_wanted

    @property
    def interval(self) -> float:
        return self._loop.interval

    def offer(self, asked_at: float, has_news: bool) -> _Done[AnswerT] | None:
        return self._loop.offer(asked_at, has_news)

    def still(self, asked_at: float, slack: float) -> bool:
        return self._loop.still(asked_at, slack)

    def rely(self, slack: float) -> float:
        return self._loop.rely(slack)

    def hurry(self) -> None:
        self._loop.hurry()

    @property
    def due(self) -> float:
        return self._loop.due

    def __call__(self, answer: AnswerT | Exception, rested: Callable[[], None] | None = None) -> None:
        self._loop.take(self._turn, answer, rested)
