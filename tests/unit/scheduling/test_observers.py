"""An observer that raises: what is logged, what its own ``on_error`` gets, and that no one else notices."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from reactivex import Observer

from rxeryph.scheduling.observers import complete, end_with_error, pass_raised
from tests.observing import Spy

BROKEN, AGAIN, STOP = KeyError("broken"), KeyError("again"), SystemExit(3)
IN_ON_ERROR = "A subscriber of op raised in on_error"
IN_ON_COMPLETED = "A subscriber of op raised in on_completed"
NOT_HANDLED = "No subscriber handled the error that ended op: 'broken'"


def test_what_is_no_exception_is_passed_as_one_that_names_it() -> None:
    spy = Spy()
    pass_raised(STOP, spy.on_error)
    assert isinstance(spy.error, RuntimeError)
    assert str(spy.error) == "User code raised SystemExit(3)"
    assert spy.error.__cause__ is STOP


@pytest.mark.parametrize(
    ("act", "level", "message"),
    [
        (lambda: pass_raised(BROKEN, Observer[object]().on_error), None, None),
        (lambda: pass_raised(BROKEN, Spy(raises={"on_error": AGAIN}).on_error, "op"), logging.ERROR, IN_ON_ERROR),
        (lambda: end_with_error(Spy(raises={"on_error": STOP}), BROKEN, "op"), logging.ERROR, IN_ON_ERROR),
        (lambda: end_with_error(Observer(), BROKEN, "op"), logging.ERROR, NOT_HANDLED),
        (lambda: end_with_error(Observer(), BROKEN, "op", logging.INFO), logging.INFO, NOT_HANDLED),
        (lambda: complete(Spy(raises={"on_completed": STOP}), "op"), logging.ERROR, IN_ON_COMPLETED),
        (lambda: end_with_error(Spy(), BROKEN, "op"), None, None),
        (lambda: complete(Spy(), "op"), None, None),
    ],
)
def test_what_is_raised_at_the_end_is_logged_and_harms_no_one_else(
    act: Callable[[], None], level: int | None, message: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "rxeryph"):
        act()
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == (
        [(level, message)] if message else []
    )
