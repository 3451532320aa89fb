"""A list that came: who is shown it, and who is not."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from ..model import Operation
from ..scheduling.observers import USER_CODE_ERRORS
from .asking import Done, Unasked
from .engine import Engine
from .member import Listing, Member
from .rounds import COLLECT, Round, Watch


class Showing:
    """Answers the asks that waited for a list, and offers it to the other members.

    What has not changed is answered here and now, because it calls no subscriber. What has changed is loaded and
    delivered by the next free one of at most ``workers``. Neither need ask for its next poll, and does so ``slack``
    seconds late at most; ``rely`` sees to that for a changed one. ``count`` numbers answers. ``take_waiting`` returns
    the ``Done`` of a member that began to wait meanwhile, and ``ask_alone`` polls one by itself.
    """

    def __init__(
        self,
        sent: Round,
        listing: Listing,
        safe_after: Callable[[Operation], int | None],
        count: Iterator[int],
        engine: Engine,
        take_waiting: Callable[[Member], Done[Operation] | None],
        ask_alone: Callable[[Member, Done[Operation]], None],
        rely: Callable[[Done[Operation]], None],
        slack: float,
        workers: int,
    ) -> None:
        self._sent = sent
        self._listing = listing
        self._safe_after = safe_after
        self._count = count
        self._engine = engine
        self._take_waiting = take_waiting
        self._ask_alone = ask_alone
        self._rely = rely
        self._slack = slack
        self._workers = workers
        self._changed: deque[tuple[Member, bytes, Done[Operation]]] = deque()
        self.due = math.inf
        """When the first of those whose element has not changed is to be polled again."""

    def to_members(self, members: Iterable[Member]) -> int:
        """Show it to ``members``. Returns how many were answered."""
        elements, sent = self._listing.elements, self._sent
        answered = 0
        for member in members:
            text = elements.get(member.operation_id)
            if text is not member.element and text is not None and self._entries(member) == ():
                member.element = text
            if text is member.element and member.calm is not None and (last := member.done) is not None:
                was_due = last.still(sent.sent_at, self._slack)
                if was_due:
                    answered += 1
                    member.safe = self._safe_after(member.calm)
                if was_due or sent.sent_at + COLLECT < last.due < math.inf:
                    self.due = min(self.due, last.due)
                    continue
            if text is not None and text is member.unreadable:
                text = None
            done = sent.waiting.members.get(member)
            if done is None:
                done = self._offer(member, text)
                if done is None:
                    member.is_listed = member.is_listed and text is not None
                    if member.done is not None:
                        member.done.hurry()
                    continue
            elif text is None:
                member.is_listed = False
                self._ask_alone(member, done)
                continue
            assert text is not None
            answered += 1
            if member.calm is not None and text is member.element:
                self._answer(member, member.calm, done)
            else:
                self._changed.append((member, text, done))
        for _ in range(min(self._workers, len(self._changed))):
            self._engine.submit(self._show_changed)
        return answered

    def _entries(self, member: Member) -> Sequence[object] | None:
        """The log entries of ``member``, if only they differ from what it was shown last."""
        last, entries = self._listing.entries.get(member.operation_id, (None, None))
        return entries if last is not None and last is member.element else None

    def _offer(self, member: Member, text: bytes | None) -> Done[Operation] | None:
        """The ``Done`` of a member that did not ask; None if this list does not fit it, or it is not due soon."""
        sent, last = self._sent, member.done
        if text is None or last is None or not sent.fits(member):
            return None
        done = last.offer(sent.sent_at, text is not member.element)
        if done is None:
            return self._take_waiting(member)
        member.done = done
        if not sent.fits(member):  # another answer came in between
            done(Unasked())
            return None
        return done

    def to_watches(self, watches: Iterable[Watch]) -> None:
        """Show it to the watches for new operations. Each delivers on a worker."""
        for watch in watches:
            done = self._sent.waiting.watches.get(watch)
            if done is None:
                done = watch.done.offer(self._sent.sent_at, False) if watch.done is not None else None
                watch.done = done or watch.done
            if done is not None:
                self._engine.submit(partial(done, self._listing.elements))

    def _show_changed(self) -> None:
        while True:
            try:
                changed = self._changed.popleft()
            except IndexError:
                return
            self._load(*changed)

    def _load(self, member: Member, text: bytes, done: Done[Operation]) -> None:
        try:
            snapshot = member.snapshots.load(text, self._entries(member))
            member.has_ended = snapshot.status.is_terminal
            calm = None if member.has_ended else snapshot
        except USER_CODE_ERRORS:
            member.unreadable, member.is_listed = text, False
            self._ask_alone(member, done)
        else:
            self._note_lag(member, snapshot)
            member.element, member.is_listed = text, True
            member.calm = calm
            self._answer(member, snapshot, done)

    def _note_lag(self, member: Member, snapshot: Operation) -> None:
        if not snapshot.status.is_terminal:
            member.running_at = self._listing.date
            return
        sent = self._sent
        was_running = member.calm is not None and member.element is sent.previous.get(member.operation_id)
        running_at = sent.previous_date if was_running else member.running_at
        self._engine.lag.note(snapshot, running_at, self._engine.now())

    def _answer(self, member: Member, snapshot: Operation, done: Done[Operation]) -> None:
        member.answered = next(self._count)
        member.safe = self._safe_after(snapshot)
        done(snapshot, partial(self._rely, done))
