"""All operations of a view, in the order in which they came."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...events import AnyEvent
from .charset import Charset
from .followed import Followed
from .layout import Names
from .rows import own_name, short_id


class Board:
    """The state of each operation, folded from the events. The time is passed in."""

    def __init__(self, names: Mapping[str, str], charset: Charset, at: float) -> None:
        self._charset = charset
        self._all: dict[str, Followed] = {}
        self.shown_names: dict[str, str] = {}
        """By operation id, the name that people see: the beginning of the id if there is no other."""
        self.names = Names()
        """The cells of all names so far."""
        for operation_id, name in names.items():
            self.name(operation_id, name, at)

    @property
    def all(self) -> Collection[Followed]:
        """Every operation."""
        return self._all.values()

    def name(self, operation_id: str, name: str, at: float) -> None:
        """Add an operation, or rename it."""
        known = own_name(operation_id, name)
        before = self._all.get(operation_id)
        self._all[operation_id] = before.named(known) if before else Followed.new(operation_id, known, at)
        shown = self._charset.clean(known or short_id(operation_id))
        self.shown_names[operation_id] = shown
        self.names.add(shown)

    def note(self, event: AnyEvent, at: float) -> Followed:
        """Record an event, and return the new state of its operation."""
        if event.operation_id not in self._all:
            self.name(event.operation_id, "", at)
        after = self._all[event.operation_id] = self._all[event.operation_id].after(event, at)
        return after
