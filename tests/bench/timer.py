"""What it costs the timer to schedule an action and to ring it, alone and with many others pending."""

from __future__ import annotations

import threading
import time

from reactivex.abc import SchedulerBase

from rxeryph.scheduling import MonotonicScheduler

COUNT = 5_000
PENDING = (0, 10_000)
ROUNDS = 5
WAIT = 0.0001
"""Seconds until each action is due; the timer's thread falls asleep and is woken for it."""


def run() -> list[str]:
    """The lines of the report."""
    return [
        f"{what}, {pending:,} others pending: {min(measure(pending) for _ in range(ROUNDS)) * 1e6:.1f} us of CPU"
        for pending in PENDING
        for what, measure in (("scheduled from its own thread", own), ("from another thread", other))
    ]


def own(pending: int) -> float:
    """Seconds of CPU of an action that schedules the next one, as a poll does when the answer is late."""
    timer, done = _timer(pending), threading.Event()
    left = COUNT

    def again(scheduler: SchedulerBase, state: object = None) -> None:
        nonlocal left
        left -= 1
        if left:
            scheduler.schedule_relative(0.0, again)
        else:
            done.set()

    began = time.process_time()
    timer.schedule_relative(0.0, again)
    done.wait()
    seconds = (time.process_time() - began) / COUNT
    timer.close()
    return seconds


def other(pending: int) -> float:
    """Seconds of CPU of an action that wakes the timer's thread, as a poll does that waits."""
    timer, rang = _timer(pending), threading.Lock()

    def ring(scheduler: SchedulerBase, state: object = None) -> None:
        rang.release()

    rang.acquire()
    began = time.process_time()
    for _ in range(COUNT):
        timer.schedule_relative(WAIT, ring)
        rang.acquire()
    seconds = (time.process_time() - began) / COUNT
    timer.close()
    return seconds


def _timer(pending: int) -> MonotonicScheduler:
    timer = MonotonicScheduler()
    for number in range(pending):
        timer.schedule_relative(1000.0 + number % 100, lambda scheduler, state: None)
    return timer


if __name__ == "__main__":
    print("\n".join(run()))
