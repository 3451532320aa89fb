"""The asks that wait for a list, and the list that answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ..model import Operation
from ..model.timestamps import parse_ticks
from .asking import Done
from .member import Member

Elements: TypeAlias = Mapping[str, bytes]
"""The JSON of each operation by its id."""

COLLECT = 0.01
"""Seconds that the first ask of a list waits for others; what is due so soon is due."""

NO_ENTRIES = parse_ticks("9999-01-01T00:00:00Z")
"""The cursor of a list that is sent only to learn what it costs."""


class Watch:
    """A watch for new operations; it is the ``ask`` of its loop. ``fetch`` lists them without their collections."""

    __slots__ = ("__weakref__", "_ask", "done", "fetch")

    def __init__(self, fetch: Callable[[], Elements], ask: Callable[[Watch, Done[Elements]], None]) -> None:
        self.fetch = fetch
        self._ask = ask
        self.done: Done[Elements] | None = None
        """Of the last ask; it leads to the loop."""

    def __call__(self, done: Done[Elements]) -> None:
        self.done = done
        self._ask(self, done)


@dataclass(slots=True)
class Waiting:
    """Asks that wait for the same list."""

    members: dict[Member, Done[Operation]] = field(default_factory=dict)
    watches: dict[Watch, Done[Elements]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.members or self.watches)

    def take_all(self, other: Waiting) -> None:
        """Let the asks of ``other`` wait for this list too."""
        self.members.update(other.members)
        self.watches.update(other.watches)


@dataclass(slots=True)
class Round:
    """A list, from sending it to the last answer."""

    sent: int
    """Its number in the count of lists sent and answers received."""
    sent_at: float
    cursor: int | None
    newest: int | None
    """What ``ListCursor.newest`` was when it was sent."""
    previous: Elements
    """The list before this one."""
    previous_date: int | None
    """When the server sent it."""
    waiting: Waiting
    is_due: bool = False
    """True if it was sent for operations that do not ask, because lists show them."""

    @property
    def is_probe(self) -> bool:
        """True if it is sent only to learn what it costs."""
        return self.cursor == NO_ENTRIES

    @property
    def is_wanted(self) -> bool:
        """False if no one needs it any more."""
        waiting = self.waiting
        is_asked = any(done.is_wanted for done in waiting.members.values())
        return self.is_probe or self.is_due or is_asked or any(done.is_wanted for done in waiting.watches.values())

    def fits(self, member: Member) -> bool:
        """True if this list may be shown to ``member``.

        It must have been sent after the member's last answer came, or the operation would go backwards. And the
        cursor must leave out no log entry that is not known yet: all are known up to a time, or the list before this
        one showed what is known.
        """
        if member.answered > self.sent:
            return False
        if self.cursor is None:
            return True
        if member.needs_all:
            return False
        if member.element is not None and member.element is self.previous.get(member.operation_id):
            return True
        return member.safe is not None and member.safe >= self.cursor
