"""The alarm: it rings once, at the time that was set last, however often and in which order times are set."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from reactivex.testing import TestScheduler

from rxeryph.polling import Engine
from rxeryph.polling.alarm import Alarm


class Clock:
    """An alarm in virtual time, and when it rang."""

    def __init__(self) -> None:
        self.scheduler = TestScheduler()
        self.rang: list[float] = []
        engine = Engine(self.scheduler, lambda action: action())
        self.alarm = Alarm(engine, threading.Lock(), self._ring)

    def _ring(self) -> Callable[[], None]:
        now = float(self.scheduler.clock)
        return lambda: self.rang.append(now)


SECONDS = st.integers(1, 40).map(lambda eighths: eighths / 8)  # without rounding


@given(st.lists(st.tuples(SECONDS, st.none() | SECONDS), max_size=10))
def test_it_rings_at_the_time_that_was_set_last(steps: list[tuple[float, float | None]]) -> None:
    clock = Clock()
    expected: list[float] = []
    now, at = 0.0, math.inf
    for wait, ahead in steps:
        at = math.inf if ahead is None else now + ahead
        if ahead is None:
            clock.alarm.clear()
        else:
            clock.alarm.set(at, now)
        assert clock.alarm.at == at
        now += wait
        clock.scheduler.advance_to(now)
        if at <= now:
            expected.append(at)
            assert clock.alarm.at == math.inf
            at = math.inf
    clock.scheduler.advance_to(now + 10.0)
    assert clock.rang == expected + ([at] if at < math.inf else [])
