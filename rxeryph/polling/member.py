"""One operation of many that are polled together: what it was last shown, and which lists may be shown to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from ..model import Operation
from ..model.timestamps import BEGINNING
from .asking import Done


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of operations. Times are in ticks of the server's clock."""

    elements: Mapping[str, bytes] = field(repr=False)
    """The JSON of each operation by its id: the same object as in the last list if it has not changed."""
    newest: int | None = None
    """The newest time in the operations that have changed."""
    date: int | None = None
    """When the server sent it."""
    entries: Mapping[str, tuple[bytes, Sequence[object]]] = field(default_factory=dict, repr=False)
    """For each operation in which only log entries have changed: its JSON in the last list, and its decoded entries;
    none if some were only left out."""


FetchListing: TypeAlias = Callable[[str | None], Listing]
"""Returns a list, given a ``log_time_stamp`` (None: from the beginning). It may block."""


class Snapshots(Protocol):
    """Reads one operation. Not for two threads at once."""

    def fetch(self, log_time_stamp: str | None, /) -> Operation:
        """A snapshot by a request of its own. It may block."""
        ...

    @property
    def date(self) -> int | None:
        """When the server sent what ``fetch`` returned last, in ticks of its clock; None if it did not say."""
        ...

    def load(self, text: bytes, entries: Sequence[object] | None = None, /) -> Operation:
        """The snapshot in a list's element; ``entries`` are its log entries, if only they have changed."""
        ...


class Member:
    """One operation of many; it is the ``Ask`` of its source. All but ``done`` belongs to the poll under way.

    ``Round.fits`` says which lists may be shown to it.

    Long because what was shown of one operation is in one place.
    """

    __slots__ = (
        "__weakref__",
        "_ask",
        "answered",
        "calm",
        "done",
        "element",
        "has_ended",
        "is_listed",
        "log_time_stamp",
        "operation_id",
        "running_at",
        "safe",
        "snapshots",
        "unreadable",
    )

    def __init__(
        self,
        operation_id: str,
        snapshots: Snapshots,
        ask: Callable[[Member, Done[Operation]], None],
        answered: int,
        safe: int | None,
    ) -> None:
        self.operation_id = operation_id
        self.snapshots = snapshots
        self._ask = ask
        self.log_time_stamp: str | None = None
        """What the last ask was given."""
        self.done: Done[Operation] | None = None
        """Of the last poll; it leads to the loop."""
        self.answered = answered
        """The number of its last answer in the count of lists sent and answers received."""
        self.safe = safe
        """All log entries with a time up to this one are known; None until an answer came."""
        self.element: bytes | None = None
        """Its element in the last list, if that was the last answer."""
        self.calm: Operation | None = None
        """What ``element`` shows, if showing it again brings nothing new: it was shown already, and has not ended."""
        self.running_at: int | None = None
        """When the server sent the last reply that showed it running, if that was read, in ticks of its clock."""
        self.has_ended = False
        """True if its last answer showed the end. What follows counts from when it is asked for."""
        self.is_listed = True
        """False while lists do not show it in a form that can be read."""
        self.unreadable: bytes | None = None
        """Its element in a list that could not be read."""

    def __call__(self, log_time_stamp: str | None, done: Done[Operation]) -> None:
        if done.is_first and self.done is not None:
            self.forget_element()
            self.safe = None
        self.log_time_stamp = log_time_stamp
        self.done = done
        self._ask(self, done)

    @property
    def needs_all(self) -> bool:
        """True if it needs all log entries: it knows none, or asks for them."""
        return self.safe is None or self.log_time_stamp == BEGINNING

    def forget_element(self) -> None:
        """A request of its own begins: what lists showed is no longer the last answer."""
        self.element = self.calm = None
