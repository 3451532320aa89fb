"""Fewer log entries: which of them come, and when. No other event is touched, which ``test_operator_laws`` proves."""

from __future__ import annotations

from typing import Any

import pytest
from reactivex import Subject

from rxeryph import operators as ops
from tests.marble.drawing import Drawing, drawing
from tests.unit.operators.stage import Clock, Stage, finished, log, status
from tests.unit.samples import COMPLETED

OTHER: dict[str, Any] = {
    "y": log("y", "other"),
    "z": log("z", "other"),
    "v": status(COMPLETED, "other"),
    "w": finished(of="other"),
}
"""Events of another operation."""


@pytest.mark.parametrize(
    ("seconds", "source", "outcome"),
    [
        (9.0, "lmnS---|", "l--(nS)|"),
        (9.0, "lmnF---|", "l--(nF)|"),
        (9.0, "lmnX---|", "l--(nX)|"),
        (9.0, "lymz|", "ly--(mz|)"),
        (9.0, "lymz#", "ly--(mz#)"),
        (9.0, "lmSn-----F---|", "l-(mS)---(nF)|"),
        (5.0, "l-Sm----|", "l-S--m--|"),
        (9.0, "lF-m-|", "lF-m-|"),
        (5.0, "l-ym--z--|", "l-y--m-z-|"),
        (9.0, "lmsvw---|", "l-svw---(m|)"),
    ],
    ids=[
        "the latest entry comes before the terminal status",
        "before the result",
        "before failed tracking",
        "before the end of the stream",
        "before an error",
        "an entry after the terminal status waits in a window, and comes before the result",
        "a terminal status with nothing held back leaves the window as it is",
        "an operation that has ended is forgotten",
        "each operation has its own windows",
        "other events, and the end of another operation, deliver nothing early",
    ],
)
def test_throttle_logs(seconds: float, source: str, outcome: str) -> None:
    Drawing((source,), f"throttle_logs({seconds})", outcome, OTHER).check()


def test_an_entry_that_the_observer_causes_waits_for_the_end_of_the_window() -> None:
    stage, source = Stage(), Subject[Any]()
    first, second = log("l1"), log("l2")
    spy = stage.watch(
        source.pipe(ops.throttle_logs(10.0)), lambda event: source.on_next(second) if event is first else None
    )
    stage.clock.advance_to(5)
    source.on_next(first)
    stage.clock.advance_to(100)
    assert spy.timed == [(5, first), (15, second)]
    spy.leave()


BATCH = 'LogEntriesAdded("op", l.operation, (l.entry, m.entry))'


@pytest.mark.parametrize(
    "text",
    [
        f"l-m-n---|\n  batch_logs(3.0)\n---x---y|\nx = {BATCH}\ny = replace(x, entries=(n.entry,))",
        'l--|\n  batch_logs(9.0, 1)\nx--|\nx = LogEntriesAdded("op", l.operation, (l.entry,))',
        f"lmS---|\n  batch_logs(9.0)\n--(xS)|\nx = {BATCH}",
        f"lmF---|\n  batch_logs(9.0)\n--(xF)|\nx = {BATCH}",
        f"lmX---|\n  batch_logs(9.0)\n--(xX)|\nx = {BATCH}",
        f"lm-|\n  batch_logs(9.0)\n---(x|)\nx = {BATCH}",
        f"lm-#\n  batch_logs(9.0)\n---(x#)\nx = {BATCH}",
        'lk-|\n  batch_logs()\n-x-|\nk = replace(m, operation=F.operation)\nx = LogEntriesAdded("op", F.operation, '
        "(l.entry, m.entry))",
    ],
    ids=["when its time is over", "batches of one", *"SFX|#", "its snapshot is the newest"],
)
def test_batch_logs(text: str) -> None:
    drawing(text).check()


@pytest.mark.parametrize(
    ("call", "source", "outcome"),
    [
        ("limit_logs(0)", "lm--|", "o---(q|)"),
        ("limit_logs(0)", "lm--#", "o---(q#)"),
        ("limit_logs(0)", "lmX---|", "o-(qX)|"),
        ("limit_logs(0)", "lmx---|", "o-(qx)|"),
        ("limit_logs(2)", "lmF|", "lmF|"),
    ],
    ids=["completed", "error", "failed tracking", "failed tracking without a snapshot", "none left out"],
)
def test_limit_logs_delivers_the_total_before_any_end(call: str, source: str, outcome: str) -> None:
    text = f"""
        {source}
          {call}
        {outcome}
        o = LogsSuppressed("op", l.operation, 1)
        q = LogsSuppressed("op", l.operation, 2, is_final=True)
        x = replace(X, operation=None)
    """
    drawing(text).check()


@pytest.mark.parametrize(
    "text",
    [
        "lmSn-----|\n  throttle_logs(5.0)\nl-(mS)-n-|",
        f"lml------|\n  batch_logs(5.0, 2)\n-x-----y-|\nx = {BATCH}\ny = replace(x, entries=(l.entry,))",
    ],
)
def test_a_timer_that_runs_though_it_was_stopped_does_nothing(text: str) -> None:
    drawing(text).check(Clock(is_deaf=True))
