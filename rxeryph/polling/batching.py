"""Many polls in one request: asks that fall due together are answered by one list of all operations."""

from __future__ import annotations

import itertools
import math
import weakref
from collections.abc import Callable, Iterable
from functools import partial

from reactivex.abc import SchedulerBase

from ..model import Operation
from ..model.timestamps import TICKS_PER_SECOND, format_ticks
from ..process import ProcessLock
from ..scheduling import Submit
from ..scheduling.observers import USER_CODE_ERRORS, as_exception
from ..tracking.cursor import DEFAULT_OVERLAP
from .alarm import Alarm
from .asking import Done, Unasked, ask_on_worker
from .choice import Chooser, Demand
from .engine import Engine
from .list_cursor import ListCursor
from .member import FetchListing, Listing, Member, Snapshots
from .rounds import COLLECT, NO_ENTRIES, Elements, Round, Waiting, Watch
from .showing import Showing
from .statistics import Statistics

SLACK = 10.0
"""How many rounds late an operation asks that no list shows. Lists come when the first operation is due, so that none
has to ask; a timer for each poll of each operation would cost more than the rest."""

ROUNDING = 1e-6
"""Seconds that clocks and timers may round. What is due so soon is due, or its alarm would ring again and again."""


class Batcher:
    """Answers the asks of its members with lists of all operations where that costs less than one request each.

    Asks that fall due within ``collect`` seconds, or while a list is under way, wait for the next one. A list is also
    offered to members that are due soon, and to those that it shows changed. An operation is polled by itself if it
    needs log entries that the list leaves out, if the list does not show it, and whenever a list fails. Thread-safe.

    Long because the way of an ask to its answer is in one place.
    """

    def __init__(
        self,
        fetch: FetchListing,
        engine: Engine,
        chooser: Chooser,
        overlap: float = DEFAULT_OVERLAP,
        collect: float = COLLECT,
    ) -> None:
        self._fetch = fetch
        self._engine = engine
        self._collect = collect
        self._ticket = itertools.count(1)  # numbers lists that are sent and answers that come: which was first
        self._lock = ProcessLock()  # for everything below
        self._chooser = chooser
        self._cursor = ListCursor(round(overlap * TICKS_PER_SECOND))
        self._members: weakref.WeakKeyDictionary[Member, None] = weakref.WeakKeyDictionary()  # in order
        self._watches: weakref.WeakSet[Watch] = weakref.WeakSet()
        self._elements: Elements = {}  # of the last list
        self._date: int | None = None
        self._waiting = Waiting()
        self._round: Round | None = None  # the list that is under way
        self._alarm = Alarm(engine, self._lock, self._send)  # for the next list
        self._due = math.inf  # when the first operation is due that does not ask, because lists show it
        self._polls = self._lists = 0

    def member(self, operation_id: str, snapshots: Snapshots, created: int | None = None) -> Member:
        """The ``Ask`` of an operation; ``created`` is a time before which it has no log entries, in ticks."""
        member = Member(operation_id, snapshots, self._ask, next(self._ticket), self._cursor.before(created))
        with self._lock:
            self._members[member] = None
        return member

    def watch(self, fetch: Callable[[], Elements]) -> Watch:
        """The ask of a watch for new operations; ``fetch`` lists them without their collections."""
        watch = Watch(fetch, self._ask_for_all)
        with self._lock:
            self._watches.add(watch)
        return watch

    def statistics(self, requests: int = 0, received: int = 0) -> Statistics:
        """What was done so far, with the number of requests and bytes that the caller has counted."""
        with self._lock:
            choice = self._chooser.choice
            return Statistics(requests, received, self._polls, self._lists, choice.is_lists, choice.reason)

    # -- an ask: it waits for the next list, or is a request of its own

    def _ask(self, member: Member, done: Done[Operation]) -> None:
        now = self._engine.now()
        with self._lock:
            waits = self._will_list(now) and member.is_listed
            if waits:
                self._waiting.members[member] = done
                self._schedule(now, now + self._collect)
        if not waits:
            self._poll_alone(member, done, self._engine.submit_last)

    def _ask_for_all(self, watch: Watch, done: Done[Elements]) -> None:
        now = self._engine.now()
        with self._lock:
            waits = self._chooser.uses_lists(now)
            if waits:
                self._waiting.watches[watch] = done
                self._schedule(now, now + self._collect)
        if not waits:
            ask_on_worker(self._engine.submit_last, watch.fetch, done)

    def _will_list(self, now: float) -> bool:
        chooser = self._chooser
        if self._round is None and chooser.asked() and chooser.measured(_demand(self._members), now):
            self._round = Round(next(self._ticket), now, NO_ENTRIES, self._cursor.newest, {}, None, Waiting())
            self._engine.scheduler.schedule_relative(0.0, self._send_probe, self._round)
        is_probing = self._round is not None and self._round.is_probe
        return is_probing or chooser.uses_lists(now)

    def _poll_alone(self, member: Member, done: Done[Operation], submit: Submit | None = None) -> None:
        fetch = partial(self._fetch_alone, member, self._engine.now())
        ask_on_worker(submit or self._engine.submit, fetch, done)

    def _fetch_alone(self, member: Member, asked_at: float) -> Operation:
        began, newest = self._engine.now(), self._cursor.newest
        member.forget_element()
        snapshot = member.snapshots.fetch(member.log_time_stamp)
        self._engine.lag.replied(member.snapshots.date, asked_at, self._engine.now())
        member.has_ended = snapshot.status.is_terminal
        if member.has_ended:
            self._engine.lag.note(snapshot, member.running_at, self._engine.now())
        else:
            member.running_at = member.snapshots.date
        member.answered = next(self._ticket)
        member.safe = self._cursor.safe_after(newest, snapshot)
        with self._lock:
            self._polls += 1
            self._chooser.costs.single(self._engine.now() - began)
        return snapshot

    def _all_alone(self, waiting: Waiting) -> None:
        for member, done in waiting.members.items():
            self._poll_alone(member, done)
        for watch, done_watching in waiting.watches.items():
            ask_on_worker(self._engine.submit, watch.fetch, done_watching)

    # -- a list: _schedule -> _send -> _list -> _receive or _fail. _schedule, _send and _plan are called with the lock
    #    held.

    def _schedule(self, now: float, at: float) -> None:
        at = max(at, self._chooser.earliest)
        if self._round is None and at < self._alarm.at:
            self._alarm.set(at, now)

    def _send_probe(self, scheduler: SchedulerBase, probe: Round | None = None) -> None:
        assert probe is not None
        self._engine.submit(partial(self._list, probe))

    def _send(self) -> Callable[[], None]:
        if self._round is not None:
            return lambda: None
        now = self._engine.now()
        waiting, self._waiting = self._waiting, Waiting()
        self._due = self._next_due()
        alone, planned = self._plan(waiting, now)
        self._round = planned
        if planned is None:
            self._schedule_due(now, self._due)
        return partial(self._ask_for, alone, planned)

    def _ask_for(self, alone: Waiting, planned: Round | None) -> None:
        self._all_alone(alone)
        if planned is not None:
            self._engine.submit(partial(self._list, planned))

    def _plan(self, waiting: Waiting, now: float) -> tuple[Waiting, Round | None]:
        """Who asks alone, and the list for all others."""
        if not self._chooser.uses_lists(now):
            return waiting, None
        needing_all = sum(each.needs_all for each in waiting.members)
        cursor = None if self._chooser.sends_full(needing_all) else self._cursor.next
        is_due = self._due <= now + self._collect + ROUNDING
        last = self._elements, self._date
        planned = Round(next(self._ticket), now, cursor, self._cursor.newest, *last, waiting, is_due)
        alone = Waiting()
        for member, done in tuple(waiting.members.items()):
            if not (planned.fits(member) and done.is_wanted):
                alone.members[member] = waiting.members.pop(member)
        return alone, planned if waiting or is_due else None

    def _next_due(self) -> float:
        """When the first operation is due that lists show; its policy may have changed since it was shown one."""
        dones = (each.done for each in self._members if each.is_listed)
        return min((done.due for done in dones if done is not None), default=math.inf)

    def _schedule_due(self, now: float, due: float) -> None:
        """Schedule the list for operations that do not ask, because lists show them, or let them ask."""
        self._due = due
        if not self._chooser.uses_lists(now):
            for member in self._members:
                if member.done is not None:
                    member.done.hurry()
        elif due < math.inf:
            self._schedule(now, due)

    def _list(self, sent: Round) -> None:
        if not sent.is_wanted:
            self._drop(sent)
            return
        began = self._engine.now()
        try:
            listing = self._fetch(None if sent.cursor is None else format_ticks(sent.cursor))
            self._receive(sent, listing, self._engine.now() - began)
        except USER_CODE_ERRORS as raised:  # whatever it is, no one may wait for ever
            self._fail(sent, as_exception(raised))

    def _drop(self, sent: Round) -> None:
        """No one needs this list any more, so it is not sent."""
        self._end(0, self._due)
        for done in sent.waiting.members.values():
            done(Unasked())
        for done_watching in sent.waiting.watches.values():
            done_watching(Unasked())

    def _fail(self, sent: Round, error: Exception) -> None:
        with self._lock:
            self._round = None
            self._chooser.failed(error, self._engine.now())
            sent.waiting.take_all(self._waiting)
            self._waiting = Waiting()
            self._schedule_due(self._engine.now(), math.inf)
        self._all_alone(sent.waiting)

    def _receive(self, sent: Round, listing: Listing, took: float) -> None:
        with self._lock:
            self._lists += 1
            self._due = math.inf  # until now
            self._elements = {} if sent.is_probe else listing.elements
            self._date = listing.date
            self._engine.lag.replied(listing.date, sent.sent_at, self._engine.now())
            is_full, is_probe = sent.cursor is None, sent.is_probe
            self._cursor.received(sent.newest, listing, is_probe=is_probe)
            members, watches = tuple(self._members), tuple(self._watches)
            self._chooser.received(sent.sent_at, took, _demand(members), is_full=is_full, is_probe=is_probe)
            sent.waiting.watches.update(self._waiting.watches)
            self._waiting.watches.clear()
            safe_after = self._cursor.safe_after_list(sent.newest)
        # One is left for the next list, but of two both deliver: a slow subscriber must not hold up the others.
        others = max(2, self._chooser.workers - 1)
        take, alone, rely = self._take_waiting, self._poll_alone, self._rely
        showing = Showing(
            sent, listing, safe_after, self._ticket, self._engine, take, alone, rely, self._slack, others
        )
        answered = showing.to_members(members)
        showing.to_watches(watches)
        self._end(answered, showing.due)

    def _end(self, answered: int, due: float) -> None:
        with self._lock:
            now = self._engine.now()
            self._polls += answered
            self._round = None
            if self._waiting:
                self._schedule(now, now + self._collect)
            self._schedule_due(now, min(self._due, due))

    def _rely(self, done: Done[Operation]) -> None:
        """Let the next list make the next poll of an operation that was shown this one, unless lists have ended."""
        due = done.rely(self._slack)
        with self._lock:
            now = self._engine.now()
            if not self._chooser.uses_lists(now):
                done.hurry()
            elif due < self._due:
                self._schedule_due(now, due)

    @property
    def _slack(self) -> float:
        return SLACK * self._chooser.period if self._chooser.choice.is_lists else 0.0

    def _take_waiting(self, member: Member) -> Done[Operation] | None:
        """The ask of a member that began to wait while the list was under way, unless the list is too old for it."""
        if member not in self._waiting.members or member.has_ended:
            return None
        with self._lock:
            return self._waiting.members.pop(member, None)


def _demand(members: Iterable[Member]) -> Demand:
    asked = [member.done for member in members]
    intervals = [done.interval for done in asked if done is not None and done.is_wanted]
    return Demand(len(intervals), sum(1.0 / each for each in intervals), min(intervals, default=1.0))
