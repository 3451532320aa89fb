"""The journaled source: the events of one operation from a journal, and from the server if this process polls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import ClosedError, JournalConflictError, JournalError
from ..events import AnyEvent
from ..model import Operation
from ..outcome import OperationResult
from ..polling import PollingPolicy
from ..polling.history import History
from ..scheduling.log import logger
from ..scheduling.observers import USER_CODE_ERRORS, as_exception
from .access import Access
from .holding import Holding
from .operation_log import OperationLog
from .renewals import AGAIN
from .start import Poll, Start
from .trouble import Trouble
from .turns import Turns
from .writer import Writer


class JournaledSource:
    """Reads the records of one operation for all readers of its ``history``, and writes them if no one else does.

    While it has readers, it reads what the journal has. If the operation is not finished then, it polls if it gets
    the lease, and else follows: it reads what another process appends, and takes over when the lease is free. What it
    polls is stored before any reader sees it. Without ``poll`` it follows only.
    """

    def __init__(
        self,
        operation_id: str,
        access: Access,
        conclude: Callable[[Operation], OperationResult] = OperationResult,
        poll: Poll | None = None,
        initial: Operation | None = None,
    ) -> None:
        self.operation_id = operation_id
        self.history = History(self._watch, f"operation {operation_id}")
        self.scheduler = access.engine.delivery
        self._access = access
        self._start = Start(poll, access.settings.policy, initial)
        self._log = OperationLog(access.journal, operation_id, conclude)
        self._holding = Holding(access, operation_id, lambda: self._turns.wake())
        self._trouble = Trouble(operation_id, self.history, lambda: self.operation, access)
        self._turns = Turns(self._step, access.engine)
        self._writer: Writer | None = None
        self._is_closing = False

    @property
    def operation(self) -> Operation | None:
        """The last snapshot with all log entries seen, None before the first."""
        writer = self._writer
        if writer is not None and (operation := writer.source.operation) is not None:
            return operation
        last = next((event.operation for event in reversed(self.history.events) if event.operation), None)
        return last or self._start.initial

    @property
    def is_owner(self) -> bool:
        """True while this process polls the operation."""
        writer = self._writer
        return writer is not None and not writer.is_closed

    @property
    def policy(self) -> PollingPolicy:
        """When to ask again, if this process polls."""
        return self._start.policy

    @policy.setter
    def policy(self, policy: PollingPolicy) -> None:
        self.history.check_process()
        self._start.policy = policy
        writer = self._writer
        if writer is not None:
            writer.source.policy = policy

    def submitted(self) -> None:
        """The server has just accepted the submit of this operation, and may not show it yet."""
        self._start.submitted_at = self._access.engine.now()

    def fail(self, error: Exception) -> None:
        """End with ``error``, because the connection is closed."""
        self.history.end(error)
        self._stop()

    def closing(self) -> None:
        """The connection is about to be closed. From now on the lease is kept until ``release``."""
        self._is_closing = True

    def release(self) -> None:
        """Let other processes poll at once, after ``closing`` and ``fail``. Raises JournalError."""
        self._holding.release()

    def _watch(self) -> None:
        if self.history.is_watched:
            try:
                self._access.engine.adopt(self)
            except ClosedError as error:
                self.history.end(error)
                return
            self._trouble.resumed()
        self._turns.wake()

    # -- one turn: never two at a time

    def _step(self) -> None:
        try:
            wait = self._look()
        except USER_CODE_ERRORS as raised:
            self._trouble.failed(as_exception(raised))
            wait = self._trouble.wait
            if self.history.has_ended:
                self._turns.wake()  # to give up
        if wait is not None:
            self._turns.wake_in(wait)

    def _look(self) -> float | None:
        """Do what is to be done now; the seconds until the next look, None if something else leads to it."""
        writer = self._writer
        if writer is not None and writer.is_closed:
            if writer.is_moving:
                return None  # it wakes this when it stops
            self._writer = writer = None
        if not self.history.is_watched or self.history.has_ended:
            self._give_up()
            return None
        if writer is not None:
            return self._hold(writer)
        if self._trouble.wait:
            return self._trouble.wait
        if self.history.is_behind:
            self.history.when_caught_up(self._turns.wake)
            return None
        return self._follow()

    def _hold(self, writer: Writer) -> float | None:
        if not self._holding.is_safe:
            logger.info("Operation %s may be polled by another process now", self.operation_id)
            writer.close()
            self._turns.wake()
            return None
        if writer.is_stuck and not self._trouble.wait:
            writer.resume()
        return self._trouble.wait or None

    def _follow(self) -> float | None:
        if self._log.is_due:
            self._read()
        is_owner = not self._log.is_finished and self._start.is_possible and self._holding.acquire()
        if not self._log.is_finished and (is_owner or self._log.follow(self._turns.wake)):
            self._read()  # what was appended until then
        self._trouble.recovered()
        if is_owner and not self._log.is_finished:
            self._own()
            return None
        if self._log.is_finished:
            self.history.end()
            self._turns.wake()
            return None
        return AGAIN if self._start.is_possible else None

    def _read(self) -> None:
        for events in self._log.read():
            if self.history.has_ended:
                return
            self.history.append(events)

    def _own(self) -> None:
        """Poll from what the journal has."""
        self._log.unfollow()
        source = self._start.source(self._log.known, self._access.engine.now())

        def store(events: Sequence[AnyEvent]) -> None:
            self._log.append(events, self._access.appending, lambda: self._holding.is_safe, self._appended)

        self._writer = Writer(source, self.history, store, self._ended, self._turns.wake)
        source.history.join(self._writer)

    def _stop(self) -> None:
        """Poll and follow no longer."""
        self._turns.rest()
        self._log.unfollow()
        writer = self._writer
        if writer is not None:
            writer.close()

    def _give_up(self) -> None:
        """Stop, and let other processes poll."""
        self._stop()
        self._trouble.over()
        if self._is_closing:
            return  # then ``release`` comes, for all sources in turn
        try:
            self._holding.release()
        except (JournalError, ClosedError) as error:
            logger.debug("The lease of operation %s is not released: %s", self.operation_id, error)

    # -- for the writer, on the thread of a poll or a worker

    def _appended(self, error: Exception | None) -> None:
        writer = self._writer
        assert writer is not None
        if error is None:
            self._trouble.recovered()
            writer.stored()
            return
        if isinstance(error, JournalConflictError):
            logger.info("Operation %s may be polled by another process: %s", self.operation_id, error)
            writer.close()
        else:
            self._trouble.failed(error)
        writer.failed()
        self._turns.wake()

    def _ended(self, error: Exception | None) -> None:
        self.history.end(error)
        self._turns.wake()
