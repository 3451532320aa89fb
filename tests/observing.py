"""``Spy``, the observer of the tests: it notes what came, when, and how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable

END = "end"
"""The completion, in ``seen`` and ``timed``."""


class Spy(ObserverBase[Any]):
    """Notes everything, with the second of ``clock`` (0.0 without one).

    ``act`` is called with each event. ``raises`` has an error by the name of the method that raises it.
    """

    def __init__(
        self,
        clock: SchedulerBase | None = None,
        act: Callable[[Any], object] | None = None,
        *,
        raises: Mapping[str, BaseException] | None = None,
    ) -> None:
        self.timed: list[tuple[float, Any]] = []
        """The second of each event, and at the end of the error or of ``END``."""
        self.events: list[Any] = []
        self.errors: list[Exception] = []
        self.completed = 0
        """How often ``on_completed`` came."""
        self.ended = threading.Event()
        self.subscription: DisposableBase = Disposable()
        """What ``leave`` disposes; set it after subscribing."""
        self._clock = clock
        self._act = act
        self._raises = raises or {}

    def on_next(self, value: Any) -> None:
        self._note(value)
        self.events.append(value)
        if self._act is not None:
            self._act(value)
        self._raise("on_next")

    def on_error(self, error: Exception) -> None:
        self._note(error)
        self.errors.append(error)
        self.ended.set()
        self._raise("on_error")

    def on_completed(self) -> None:
        self._note(END)
        self.completed += 1
        self.ended.set()
        self._raise("on_completed")

    def leave(self) -> None:
        self.subscription.dispose()

    @property
    def seen(self) -> list[Any]:
        """Everything in order, the error or ``END`` last."""
        return [value for _, value in self.timed]

    @property
    def times(self) -> list[float]:
        """The seconds at which the events came."""
        return [at for at, _ in self.timed[: len(self.events)]]

    @property
    def types(self) -> list[str]:
        return [event.type.value for event in self.events]

    @property
    def error(self) -> Exception:
        """The only error, and nothing else at the end."""
        assert self.ending == (1, 0)
        return self.errors[0]

    @property
    def ending(self) -> tuple[int, int]:
        """How often ``on_error`` and ``on_completed`` came."""
        return len(self.errors), self.completed

    @property
    def has_seen_the_end(self) -> bool:
        """``OperationFinished`` once, as the last event, then ``on_completed`` once."""
        return self.types.count("finished") == 1 and self.types[-1] == "finished" and self.ending == (0, 1)

    def _note(self, value: object) -> None:
        at = 0.0 if self._clock is None else round(self._clock.to_seconds(self._clock.now), 6)
        self.timed.append((at, value))

    def _raise(self, method: str) -> None:
        if method in self._raises:
            raise self._raises[method]
