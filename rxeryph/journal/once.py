"""``once=``: a change that is submitted once, no matter how often and in how many processes its line runs.

The key gives the id of the operation. Who submits acquires a lease, looks whether the operation exists, stores an
intent, sends the request, and stores what became of it. A process that dies in between leaves an intent. The next one
waits until no request of the dead one can be under way, and looks again: what is not found then never arrived.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

from ..errors import ClosedError, JournalConflictError, JournalError, RxEryphError
from ..model import Operation
from ..retry import LOOK_UP, Attempts
from ..scheduling.log import logger
from ..tracking import NOTHING_KNOWN, observe
from .envelope import UnreadableError
from .intents import Intent, Story, dump_intent, dump_loss, dump_refusal, story_of
from .protocol import Journal, Lease, Record
from .records import Folded, dump_events
from .steps import MINUTE, Step, left_of, next_step
from .submission import Change, Submission

FIRST_RECORDS = 50
"""Records that are read at once."""


def running_clock() -> float:
    """Seconds on a clock that no one can set, and that counts while the machine is suspended where there is such."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def wall_clock() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class Turn:
    """The lease of one submit, with the time in which its request may be sent."""

    def __init__(self, lease: Lease | None, until: float, clock: Callable[[], float]) -> None:
        self._lease = lease
        self._until = until
        self._clock = clock

    @property
    def is_alone(self) -> bool:
        """True if no other process has the lease."""
        return self._lease is not None

    @property
    def is_over(self) -> bool:
        """True when it is too late to send the request: another process may be about to."""
        return self._clock() > self._until

    def keep(self) -> None:
        """Leave the lease to its end: the request may be under way."""
        self._lease = None

    def end(self) -> None:
        """Let another process have the lease at once, unless it is kept."""
        lease, self._lease = self._lease, None
        if lease is not None:
            try:
                lease.release()
            except (JournalError, ClosedError) as error:
                logger.info("The lease of a submit is not released: %s", error)


class Once:
    """Submits changes once for each key in a journal. Thread-safe.

    ``clock`` returns seconds, on any clock that runs on while this process is stopped.
    """

    def __init__(
        self,
        journal: Journal,
        owner: str,
        clock: Callable[[], float] = running_clock,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._journal = journal
        self._owner = owner
        self._clock = clock
        self._now = now

    def submit(self, submission: Submission) -> Operation:
        """Submit a change unless that was done, and return the operation.

        Raises ConfigurationError for a key of another request, SubmissionUnknownError while the request may be under
        way, JournalError, and whatever preparing and sending raise.
        """
        operation = self._journaled(submission, self._story(submission))
        if operation is not None:
            return operation
        change = submission.prepare()
        attempts = Attempts(LOOK_UP, self._clock())
        while True:
            operation = self._attempted(submission, change)
            if operation is not None:
                return operation
            seconds = attempts.again(self._clock())
            if seconds is None:
                break
            submission.wait(seconds)
        story = self._story(submission)
        operation = self._journaled(submission, story)
        if operation is None:
            raise submission.under_way(change, max(left_of(story, self._now()), 1.0))
        return operation

    def _attempted(self, submission: Submission, change: Change) -> Operation | None:
        """The operation; None while another process may be sending the request."""
        until = self._clock() + MINUTE / 4
        lease = self._journal.acquire(f"submit {submission.operation_id}", self._owner, 0.9 * MINUTE)
        turn = Turn(lease, until, self._clock)
        del lease  # a journal may renew leases that something refers to
        try:
            story = self._story(submission)
            operation = self._journaled(submission, story)
            if operation is not None:
                return operation
            shown = self._looked_up(submission, story)
            if shown is not None:
                return self._found(submission, shown)
            match next_step(story, is_alone=turn.is_alone, now=self._now()):
                case Step.SEND:
                    return self._sent(submission, change, story.next, turn)
                case Step.GIVE_UP:
                    if story.is_given_up or self._is_stored(submission, story.next, dump_loss(story.tries)):
                        raise submission.lost(change, story.tries)
                case Step.ASK:
                    raise submission.forgotten(change, story)
            return None
        finally:
            turn.end()

    def _found(self, submission: Submission, shown: Operation) -> Operation:
        """The operation that the server shows. If this journal was used, its intent was stored before it was sent."""
        story = self._story(submission)
        operation = self._journaled(submission, story)
        if operation is not None:
            return operation
        if story.sent is None:
            raise submission.used_elsewhere()
        check(submission, story.sent)
        self._append(submission, story.next, seen(shown))
        return shown

    def _sent(self, submission: Submission, change: Change, number: int, turn: Turn) -> Operation | None:
        """The operation that the server has accepted; None if another process has announced the request first."""
        intent = dump_intent(submission.request)
        try:
            if not self._is_stored(submission, number, intent):
                return None
        except JournalError as error:
            self._withdraw(submission, number, intent, error)
            raise

        def in_time() -> None:
            if turn.is_over:
                raise submission.too_late(change)

        try:
            operation = change.send(in_time)
        except RxEryphError as error:
            if error.operation_id is None:
                self._append(submission, number + 1, dump_refusal(error))
            else:
                turn.keep()
                submission.advise(error, MINUTE)
            raise
        except BaseException:
            turn.keep()
            raise
        self._append(submission, number + 1, seen(operation))
        return operation

    def _is_stored(self, submission: Submission, number: int, data: bytes) -> bool:
        """Store ``data``; False if another process has stored a record with that number. Raises JournalError."""
        try:
            self._journal.append(submission.operation_id, number, data)
        except JournalConflictError:
            return self._has(submission, data)  # after a broker's answer was lost it may be this one
        return True

    def _withdraw(self, submission: Submission, number: int, intent: bytes, error: JournalError) -> None:
        """Store that nothing is sent, if ``intent`` was stored all the same. Another process may have stored one."""
        with suppress(JournalError, ClosedError):
            if self._has(submission, intent):
                self._append(submission, number + 1, dump_refusal(error))

    def _has(self, submission: Submission, data: bytes) -> bool:
        """True if ``data`` is in the journal. No two intents are equal."""
        return any(each.data == data for each in self._records(submission))

    def _append(self, submission: Submission, number: int, data: bytes) -> None:
        """Store what became of the request. If that fails, the next process finds out for itself."""
        id = submission.operation_id
        try:
            self._journal.append(id, number, data)
        except JournalConflictError:
            logger.debug("Another process has stored what became of the submit of operation %s", id)
        except (JournalError, ClosedError) as error:
            logger.info("The journal does not have what became of the submit of operation %s: %s", id, error)

    def _looked_up(self, submission: Submission, story: Story) -> Operation | None:
        try:
            return submission.look_up()
        except RxEryphError as error:
            if story.tries:
                submission.advise(error, left_of(story, self._now()))
            raise

    def _story(self, submission: Submission) -> Story:
        """What the journal says. Raises ConfigurationError if it is about another request."""
        try:
            story = story_of(self._records(submission))
        except UnreadableError as error:
            advice = "Nothing was sent. Restore a copy of the journal, or use another key."
            raise error.found_in(self._journal, advice) from error.__cause__
        check(submission, story.intent)
        return story

    def _journaled(self, submission: Submission, story: Story) -> Operation | None:
        """The operation as the journal first shows it; None if it does not."""
        if story.seen is None:
            return None
        if story.sent is None:
            raise submission.used_elsewhere()
        check(submission, story.sent)
        folded, _ = Folded(next=story.seen.number).after(story.seen)
        return folded.known.operation

    def _records(self, submission: Submission) -> Iterator[Record]:
        position = 0
        while records := self._journal.read(
            after=position, operation_id=submission.operation_id, limit=FIRST_RECORDS
        ):
            yield from records
            position = records[-1].position


def check(submission: Submission, intent: Intent | None) -> None:
    """Raise ConfigurationError if ``intent`` is for another request."""
    if intent is not None and not intent.is_for(submission.request):
        raise submission.used_for_another(intent)


def seen(operation: Operation) -> bytes:
    """The data of a record that says that the server shows an operation."""
    _, events = observe(NOTHING_KNOWN, operation)
    return dump_events(events)
