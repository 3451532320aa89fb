"""Many polling sources as one history, without a subscription or an observer for each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from ..errors import ClosedError, RxEryphError
from ..events import TrackingFailed
from .history import History, Reader
from .sources import Source


class SourceGroup:
    """Polls all ``sources`` while its ``history`` has readers. The history has the events of all, as they come.

    Each source polls at its own pace on the engine's few threads. A source whose tracking fails is a
    ``TrackingFailed`` event and the others continue, unless ``fail_fast``. The history ends when all have ended.
    """

    def __init__(self, sources: Iterable[Source], *, fail_fast: bool = False) -> None:
        self.sources = tuple(dict.fromkeys(sources))
        count = len(self.sources)
        name = "1 operation" if count == 1 else f"{count} operations"
        self.history: History = _GroupHistory(self._watch, name, self.sources)
        self._is_fail_fast = fail_fast
        self._lock = threading.Lock()
        self._members = tuple(_Member(source, self.history, self._member_ended) for source in self.sources)
        self._running = count
        if not self.sources:
            self.history.end()

    def _watch(self) -> None:
        with self._lock:
            is_watched = self.history.is_watched and not self.history.has_ended
            joining = [each for each in self._members if is_watched and not each.is_joined and not each.is_over]
            leaving = [each for each in self._members if not is_watched and each.is_joined]
            for member in (*joining, *leaving):
                member.is_joined = is_watched
        for member in leaving:
            member.close()
        for member in joining:
            try:
                member.history.join(member)
            except ClosedError as error:  # a fork of the process that made it
                self._member_ended(member, error)
                return
            if not member.is_joined:
                member.close()  # the last reader has left meanwhile

    def _member_ended(self, member: _Member, error: Exception | None) -> None:
        with self._lock:
            if member.is_over:
                return  # two threads saw the end
            member.is_over = True
        if error is not None:
            if self._is_fail_fast or isinstance(error, ClosedError) or not isinstance(error, RxEryphError):
                self._end(error)
                return
            source = member.source
            self.history.append((TrackingFailed(source.operation_id, source.operation, error),))
        with self._lock:
            self._running -= 1
            if self._running:
                return
        self._end(None)

    def _end(self, error: Exception | None) -> None:
        self.history.end(error)
        for member in self._members:
            member.close()


class _GroupHistory(History):
    """The history of a group, which has no news while a handler of one of its ``sources`` is waited for."""

    def __init__(self, on_watch: Callable[[], None], name: str, sources: tuple[Source, ...]) -> None:
        super().__init__(on_watch, name)
        self._sources = sources

    @property
    def is_delivering_here(self) -> bool:
        return super().is_delivering_here or any(source.history.is_delivering_here for source in self._sources)


class _Member(Reader):
    """Moves the events of one source to the group, on the thread that brought them."""

    __slots__ = ("_group", "_is_held", "_moving", "_on_end", "is_joined", "is_over", "source")

    def __init__(self, source: Source, group: History, on_end: Callable[[_Member, Exception | None], None]) -> None:
        super().__init__(source.history, 0)
        self.source = source
        self.is_joined = self.is_over = False
        self._group = group
        self._on_end = on_end
        self._is_held = False
        self._moving = threading.Lock()

    @property
    def is_behind(self) -> bool:
        return self._is_held and not self.is_closed

    @property
    def is_delivering_here(self) -> bool:
        return any(reader.is_delivering_here for reader in self._group.readers)

    def notify(self) -> bool:
        # Runs for every event of thousands; ``with`` and ``group.append()`` would cost a tenth each.
        source, group, moving = self.history, self._group, self._moving
        if self.position >= len(source.events) and not source.has_ended:
            return self._is_held  # a poll without news, or another thread moved them
        moving.acquire()  # keeps the order; no user's code runs inside
        try:
            # Read in this order: the end is set only after its events were appended.
            has_ended = source.has_ended
            position = self.position
            moved = source.events[position:]
            self.position = position + len(moved)
            group.events.extend(moved)
        finally:
            moving.release()
        for reader in group.readers:
            if reader.notify():
                self._hold()
        if has_ended:
            self.close()
            self._on_end(self, source.fresh_error())
        return self._is_held

    def _hold(self) -> None:
        if not self._is_held:
            self._is_held = True
            self._group.when_caught_up(self._release)

    def _release(self) -> None:
        self._is_held = False
        self.history.caught_up()
