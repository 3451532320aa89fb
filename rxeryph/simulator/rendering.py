"""Operations as the bytes of a reply. What has not changed since it was last sent is not encoded again."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping

from . import documents
from .rows import OperationRow

_WORDS = frozenset({"logs", "tasks", "resources", "projects"})


class Rendering:
    """Renders the operations of a database, which are ``rows`` by id, and keeps what it rendered."""

    def __init__(self, rows: Mapping[str, OperationRow], *, is_old: bool) -> None:
        self._rows = rows
        self._is_old = is_old
        self._rendered: dict[frozenset[str], dict[str, _Rendered]] = {}
        """By what is expanded, and by id."""

    def one(self, row: OperationRow, expand: Iterable[str], after: int | None) -> bytes:
        """The operation with the collections named in ``expand``, and only log entries later than ``after`` ticks."""
        return self._all([row], expand, after)[0]

    def all(self, rows: Iterable[OperationRow], expand: Iterable[str], after: int | None) -> bytes:
        """The reply to a request for all of ``rows``."""
        shown = self._all(rows, expand, after)
        if not shown:
            return b'{"value":[]}'
        # The whole is copied once only.
        shown[0] = b'{"value":[' + shown[0]
        shown[-1] += b"]}"
        return b",".join(shown)

    def _all(self, rows: Iterable[OperationRow], expand: Iterable[str], after: int | None) -> list[bytes]:
        words = _WORDS.intersection(expand)
        rendered = self._rendered.setdefault(words, {})
        shown = []
        for row in rows:
            known = rendered.get(row.id)
            if known is None or known.row is not row:
                known = rendered[row.id] = _Rendered(row, words, self._is_old)
            shown.append(known.show(after))
        if len(rendered) > len(self._rows):
            for deleted in rendered.keys() - self._rows.keys():
                del rendered[deleted]
        return shown


class _Rendered:
    """One operation: the bytes before and after its log entries, those of each entry, and what was shown last."""

    __slots__ = ("_around", "_changes", "_count", "_entries", "_expand", "_is_old", "_log", "_shown", "_ticks", "row")

    def __init__(self, row: OperationRow, expand: frozenset[str], is_old: bool) -> None:
        self.row = row
        self._expand = expand - {"logs"}
        self._is_old = is_old
        self._changes: int | None = None
        self._around = b"", b""
        self._log = row.log_entries if "logs" in expand else []
        self._entries: list[tuple[str, int, bytes]] = []
        self._ticks = 0, 0  # the oldest and the newest entry
        self._count: int | None = None  # of the entries in ``_shown``; the latest ones, so their number says which
        self._shown = b""

    def show(self, after: int | None) -> bytes:
        """The operation as it is now, with the entries that are later than ``after`` ticks."""
        if self.row.changes != self._changes:
            self._render()
            self._changes = self.row.changes
        if len(self._entries) < len(self._log):
            self._add_entries()
        count = self._later_than(after)
        if count != self._count:
            shown = [content for _, ticks, content in self._entries if after is None or ticks > after]
            self._shown = b",".join(shown).join(self._around)
            self._count = count
        return self._shown

    def _render(self) -> None:
        document = documents.operation(self.row, self._expand, is_old=self._is_old)
        before, member, behind = documents.encode(document, True).partition(b'"log_entries":[')
        self._around = before + member, behind
        self._count = None

    def _add_entries(self) -> None:
        for entry in self._log[len(self._entries) :]:
            content = documents.encode(documents.log_entry(entry), True)
            insort(self._entries, (entry.id, entry.ticks, content))  # by id, as the server sorts them
        ticks = [ticks for _, ticks, _ in self._entries]
        self._ticks = min(ticks), max(ticks)
        self._count = None

    def _later_than(self, after: int | None) -> int:
        oldest, newest = self._ticks
        if after is None or after < oldest:
            return len(self._entries)
        return 0 if after >= newest else sum(ticks > after for _, ticks, _ in self._entries)
