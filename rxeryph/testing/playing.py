"""``play``: an operation stream in virtual time, over a story instead of a server."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from reactivex.abc import ObserverBase
from reactivex.scheduler import VirtualTimeScheduler
from reactivex.testing import TestScheduler

from ..errors import RxEryphError
from ..events import AnyEvent
from ..model import CancelRequest, Operation
from ..polling import Engine, PollContext, PollingPolicy, PollingSettings, PollingSource, asking
from ..polling.history import Reader
from ..retry import POLL_BUDGET, ErrorBudget
from ..streams import OperationStream
from ..streams.waiting import Waited
from ..tracking import Settling
from .story import Scene, SecondT, Story

QUIET = 3600.0
"""Seconds between polls after the last change."""

PATIENCE = 86_400.0
"""Seconds after the last change for which a wait without a timeout continues; the server's own limit."""

CANCELLING = 0.1
"""Seconds that a cancelled operation keeps running."""


def play(
    story: Mapping[SecondT, Scene],
    scheduler: VirtualTimeScheduler | None = None,
    *,
    polling: PollingPolicy | None = None,
    error_budget: ErrorBudget | None = None,
    settle: float = 0.0,
) -> OperationStream:
    """An ``OperationStream`` that polls ``story`` instead of a server, in virtual time, without threads or sleeping.

    ``wait()``, ``for``, ``async for`` and ``await`` let virtual time pass, with timeouts in virtual seconds. If you
    only subscribe, ``watch`` or ``scheduler.advance_to`` lets it pass. Our time operators applied to the stream run
    on ``scheduler`` by default. ``cancel()`` ends the story 0.1 s later.

    Args:
        story: What the server shows, by the second from which it does, counted from this call:
            ``{0: operation("Queued"), 2: operation(tasks=[task()]), 5: operation("Completed",
            tasks=[task(status="Completed")])}``. With an error of ``rxeryph.errors``, polls fail with it until the
            next second of the story.
        scheduler: The virtual clock, to be shared by the streams of a test. None: one of its own.
        polling: When to ask. None: at the very seconds of the story, so that events come exactly then.
        error_budget: How long polls may fail in a row. None: as usual, 10 polls or 120 s; no random part.
        settle: Seconds from the terminal status to the last read for late log entries (default 0, usually 1).

    Raises ValueError for a story that no server would show.
    """
    settings = PollingSettings(error_budget=error_budget or POLL_BUDGET, settling=Settling.of(settle))
    return PlayedStream(Story(story), scheduler or TestScheduler(), polling, settings)


class PlayedStream(OperationStream):
    """Lets virtual time pass where another stream would block."""

    def __init__(
        self, story: Story, scheduler: VirtualTimeScheduler, polling: PollingPolicy | None, settings: PollingSettings
    ) -> None:
        self._story = story
        self._clock = scheduler
        self._begin = self._seconds()
        self._is_passing = False
        self._has_news = False
        engine = Engine(scheduler, _at_once, random=lambda: 0.5)  # in the middle: no jitter
        source = PollingSource(story.operation_id, asking(self._fetch, engine), engine, settings)
        super().__init__(source, self._cancel_story)
        self.polling = polling or self._at_every_change

    # -- the server

    def _seconds(self) -> float:
        return self._clock.to_seconds(self._clock.now)

    def _now(self) -> float:
        """Seconds of the story."""
        return self._seconds() - self._begin

    def _fetch(self, log_time_stamp: str | None) -> Operation:
        scene = self._story.at(self._now())
        if isinstance(scene, RxEryphError):
            raise scene.with_traceback(None)  # without the traces of earlier polls
        return scene

    def _at_every_change(self, context: PollContext) -> float:
        now = self._now()
        following = self._story.next_after(now)
        return QUIET if following is None else following - now

    def _cancel_story(self) -> CancelRequest:
        self._fetch(None)  # raises when the server cannot be reached
        self._story = self._story.cancelled(self._now() + CANCELLING)
        self.polling = self.polling  # so that the wait under way changes too
        return CancelRequest(self.operation_id)

    # -- where others block

    def _wait_for_end(
        self, timeout: float | None, observer: ObserverBase[AnyEvent] | None, stalled: float | None
    ) -> Waited:
        until = self._forever() if timeout is None else self._seconds() + timeout
        watching = self._reader()
        try:
            while True:
                waited = super()._wait_for_end(0.0, observer, stalled)  # continues where it stopped
                if waited.is_done or waited.has_stalled(stalled):
                    return waited
                now = self._seconds()
                if now >= until:
                    if timeout is None:
                        raise self._endless()
                    return waited
                self._pass_time(until if stalled is None else min(until, now + stalled - waited.quiet_for))
        finally:
            watching.close()

    def __iter__(self) -> Iterator[AnyEvent]:
        until = self._forever()
        reader = self._reader()
        try:
            while not reader.is_at_end or self._history.error is not None:
                if (event := reader.take()) is not None:
                    yield event
                elif not self._pass_time(until):
                    raise self._endless()
        finally:
            reader.close()

    async def _events(self) -> AsyncIterator[AnyEvent]:
        for event in self:
            yield event

    def __aiter__(self) -> AsyncIterator[AnyEvent]:
        return self._events()

    async def _end(self) -> None:
        self._wait_for_end(None, None, None)

    # -- virtual time

    def _reader(self) -> Reader:
        """Keeps the polling going, and never behind."""
        reader = Reader(self._history, 0, self._note, slack=sys.maxsize)
        self._history.join(reader)
        return reader

    def _note(self) -> None:
        self._has_news = True
        if self._is_passing:
            self._clock.stop()

    def _pass_time(self, until: float) -> bool:
        """Let time pass until there is news, or until a second of the clock; return True for news."""
        if self._seconds() >= until:
            return False
        self._has_news = False
        self._is_passing = True
        alarm = self._clock.schedule_absolute(until, lambda scheduler, state: self._clock.stop())
        try:
            VirtualTimeScheduler.start(self._clock)  # TestScheduler has a start() of its own
        finally:
            self._is_passing = False
            alarm.dispose()
        if not self._has_news and self._seconds() < until:
            raise RuntimeError(
                "Virtual time is already passing: blocking inside a handler or a scheduled action would stop it."
                " Block outside, or use the OperationFinished event."
            )
        return self._has_news

    def _forever(self) -> float:
        return max(self._seconds(), self._begin + self._story.last) + PATIENCE

    def _endless(self) -> RuntimeError:
        return RuntimeError(
            f"The story of operation {self.operation_id} has no end: waiting without a timeout would never return."
        )


def _at_once(action: Callable[[], None]) -> None:
    action()
