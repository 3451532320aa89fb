"""Operations that show nothing new for a while: what is reported, and when."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph import operators as ops
from rxeryph.events import OperationStalled
from tests.marble.drawing import EVENTS, Drawing, drawing
from tests.unit.operators.stage import log, status
from tests.unit.samples import COMPLETED

OTHER: dict[str, Any] = {"y": log("y", "other"), "v": status(COMPLETED, "other")}
SILENT = 'x = OperationStalled("op", l.operation, 3.0)'


@pytest.mark.parametrize(
    "text",
    [
        f"l--------m-|\n  stalled(3.0)\nl--x-----m-|\n{SILENT}",
        f"l--m--l----|\n  stalled(3.0)\nl--m--l--x-|\n{SILENT}",
        f"l-----#\n  stalled(3.0)\nl--x--#\n{SILENT}",
        "lF-------|\n  stalled(3.0)\nlF-------|",
        "lX-------|\n  stalled(3.0)\nlX-------|",
        "---------|\n  stalled(3.0)\n---------|",
    ],
    ids=[
        "each silence once",
        "an event begins it again",
        "until an error",
        "not after the end",
        "not after failed tracking",
        "not before the first event",
    ],
)
def test_stalled(text: str) -> None:
    drawing(text).check()


def test_each_operation_is_watched_on_its_own() -> None:
    silent = OperationStalled("op", EVENTS["l"].operation, 5.0)
    Drawing(("ly-y--y-|",), "stalled(5.0)", "ly-y-xy-|", {**OTHER, "x": silent}).check()


def test_a_failed_poll_does_not_end_a_silence() -> None:
    drawing(f"l-p-r----|\n  stalled(3.0)\nl-px r----|\n{SILENT}".replace(" r", "r")).check()


@pytest.mark.parametrize("seconds", [0, -1.0, float("inf"), float("nan")])
def test_seconds_out_of_range_are_refused_at_the_call(seconds: float) -> None:
    with pytest.raises(ValueError, match="stalled needs a finite number of seconds above 0"):
        ops.stalled(seconds)
