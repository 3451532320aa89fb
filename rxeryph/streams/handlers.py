"""``EventHandlers``: functions per event type, as an ordinary observer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar

from reactivex.abc import ObserverBase

from ..arguments import check_function, described
from ..events import AnyEvent, Event

EventT = TypeVar("EventT", bound=Event)


class EventHandlers(ObserverBase[AnyEvent]):
    """Calls the functions registered for an event's type, in the order of registration.

    ``EventHandlers().on(LogEntryAdded, show).on(TaskUpdated, show_task)``: chainable, several functions per
    type, reusable for any number of streams. Events without a function are ignored. Functions run on the
    thread on which the stream delivers. ``on_error`` is called when tracking fails; by default the error is logged.
    """

    def __init__(
        self,
        on_error: Callable[[Exception], None] | None = None,
        on_completed: Callable[[], None] | None = None,
    ) -> None:
        for name, function in (("on_error", on_error), ("on_completed", on_completed)):
            if function is not None:
                check_function(function, f"EventHandlers({name}=...) needs a function")
        self._handlers: list[tuple[type[Event], Callable[[Any], object]]] = []
        self._on_error = on_error
        self._on_completed = on_completed

    def on(self, event_type: type[EventT], handler: Callable[[EventT], object]) -> Self:
        """Call ``handler`` for each event of ``event_type`` (a class of ``rxeryph.events``; ``Event`` means all)."""
        if not (isinstance(event_type, type) and issubclass(event_type, Event)):
            raise TypeError(f"on() needs an event class such as LogEntryAdded, got {described(event_type)}")
        if not callable(handler):
            raise TypeError(f"on({event_type.__name__}, ...) needs a function, got {described(handler)}")
        self._handlers.append((event_type, handler))
        return self

    def on_next(self, value: AnyEvent) -> None:
        """Deliver one event to its functions."""
        for event_type, handler in self._handlers:
            if isinstance(value, event_type):
                handler(value)

    def on_error(self, error: Exception) -> None:
        """Tracking failed."""
        if self._on_error is None:
            raise error
        self._on_error(error)

    def on_completed(self) -> None:
        """The stream has ended."""
        if self._on_completed is not None:
            self._on_completed()
