"""Nothing comes after the end, and an observer that raises harms only itself. ``test_reentrance`` proves the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from rxeryph.operators._serialized_observer import SerializedObserver
from tests.observing import END, Spy

BROKEN = ValueError("broken")


@pytest.mark.parametrize(
    ("end", "seen"),
    [
        (SerializedObserver.on_completed, [1, END]),
        (lambda observer: observer.on_error(BROKEN), [1, BROKEN]),
        (SerializedObserver.close, [1]),
    ],
    ids=["completed", "error", "closed"],
)
def test_nothing_comes_after_the_end(end: Callable[[SerializedObserver[Any]], None], seen: list[Any]) -> None:
    spy = Spy()
    observer: SerializedObserver[Any] = SerializedObserver(spy)
    observer.on_next(1)
    end(observer)
    observer.on_next(2)
    observer.on_completed()
    observer.on_error(BROKEN)
    observer.run(lambda: spy.on_next("run"))
    assert spy.seen == seen


def test_what_an_observer_raises_is_its_end_and_raised_to_the_caller() -> None:
    spy = Spy(raises={"on_next": BROKEN, "on_error": BROKEN})
    observer: SerializedObserver[Any] = SerializedObserver(spy)
    with pytest.raises(ValueError, match="broken"):
        observer.on_next(1)
    observer.on_next(2)
    assert spy.seen == [1, BROKEN]


def test_on_the_thread_of_a_scheduler_it_is_logged_instead(caplog: pytest.LogCaptureFixture) -> None:
    spy = Spy(raises={"on_next": SystemExit(3)})
    observer: SerializedObserver[Any] = SerializedObserver(spy)
    with caplog.at_level(logging.ERROR):
        observer.run(lambda: observer.on_next(1))
    assert [record.message for record in caplog.records] == ["A subscriber of a stream raised; its subscription ends"]
    assert "SystemExit(3)" in str(spy.error)
