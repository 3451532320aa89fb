"""The one observer of a subscription: nothing after the end, and its own errors are its own."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from rxeryph.operators._serialized_observer import SerializedObserver
from tests.unit.operators.watching import END, Watch

BROKEN = ValueError("broken")


class Raising(Watch):
    """Raises ``first`` in ``on_next``, and in ``on_error`` ``second``, where there is one."""

    def __init__(self, first: BaseException, second: Exception | None = None) -> None:
        super().__init__()
        self._first = first
        self._second = second

    def on_next(self, value: Any) -> None:
        super().on_next(value)
        raise self._first

    def on_error(self, error: Exception) -> None:
        super().on_error(error)
        if self._second is not None:
            raise self._second


@pytest.mark.parametrize(
    "ending", [SerializedObserver.on_completed, lambda observer: observer.on_error(BROKEN), SerializedObserver.close]
)
def test_nothing_comes_after_the_end(ending: Any) -> None:
    watch = Watch()
    observer: SerializedObserver[Any] = SerializedObserver(watch)
    observer.on_next(1)
    ending(observer)
    before = list(watch.seen)
    observer.on_next(2)
    observer.on_completed()
    observer.on_error(BROKEN)
    observer.run(lambda: watch.on_next("run"))
    assert watch.seen == before
    assert before in ([1], [1, END], [1, BROKEN])


def test_what_an_observer_raises_is_told_to_it_and_goes_on_to_the_caller() -> None:
    watch = Raising(BROKEN)
    observer: SerializedObserver[Any] = SerializedObserver(watch)
    with pytest.raises(ValueError, match="broken"):
        observer.on_next(1)
    observer.on_next(2)
    assert watch.seen == [1, BROKEN]


def test_on_a_schedulers_thread_it_is_logged_instead(caplog: pytest.LogCaptureFixture) -> None:
    watch = Raising(SystemExit(3))
    observer: SerializedObserver[Any] = SerializedObserver(watch)
    with caplog.at_level(logging.ERROR):
        observer.run(lambda: observer.on_next(1))
    assert [record.message for record in caplog.records] == ["A subscriber of a stream raised; its subscription ends"]
    assert "a subscriber raised SystemExit(3)" in str(watch.seen[1])


@pytest.mark.parametrize(("again", "logged"), [(BROKEN, 0), (KeyError("other"), 1)])
def test_what_it_raises_when_told_is_logged_unless_it_is_the_same(
    again: Exception, logged: int, caplog: pytest.LogCaptureFixture
) -> None:
    observer: SerializedObserver[Any] = SerializedObserver(Raising(BROKEN, again))
    with pytest.raises(ValueError, match="broken"), caplog.at_level(logging.ERROR):
        observer.on_next(1)
    assert len(caplog.records) == logged
