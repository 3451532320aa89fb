"""Processes that submit with one key, in virtual time: each may be killed or stopped before any of its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rxeryph.errors import AccessDeniedError, ConflictError, TransportError
from rxeryph.journal import Record
from rxeryph.journal.intents import Request
from rxeryph.journal.once import Once
from rxeryph.journal.submission import Change, Submission, operation_id_of
from rxeryph.model import Operation
from tests.unit.journal.processes import MemoryJournal
from tests.unit.samples import QUEUED, operation

BEGINNING = datetime(2026, 5, 28, tzinfo=UTC)
KEY = "deploy-42/web"
ID = operation_id_of(KEY)
REQUEST = Request("catlets.create 'web'", b"{}")
URL: dict[str, Any] = {"method": "POST", "url": "https://eryph/v1/catlets"}
HELD = 30.0
"""Seconds for which a server holds a request at most."""


class Killed(BaseException):
    """The process is gone. It does not even clean up."""


class Clocked(MemoryJournal):
    """A journal whose clock is that of the world."""

    def append(self, operation_id: str, number: int, data: bytes) -> Record:
        count = len(self.records)
        try:
            super().append(operation_id, number, data)
        finally:
            if len(self.records) > count:
                now = BEGINNING + timedelta(seconds=self._now())
                self.records[-1] = replace(self.records[-1], stored_at=now)
        return self.records[-1]


class World:
    """A server, a journal, and the time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.journal = Clocked(lambda: self.seconds)
        self.sent = self.accepted = 0
        self._arrivals: list[float] = []

    def now(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds

    def post(self, held: float | None) -> None:
        """A request is sent, and arrives after ``held`` seconds, or never."""
        self.sent += 1
        if held is not None:
            self._arrivals.append(self.seconds + held)

    def shown(self) -> Operation | None:
        """What the server answers to a look."""
        arrived = [each for each in self._arrivals if each <= self.seconds]
        self._arrivals = [each for each in self._arrivals if each > self.seconds]
        self.accepted += len(arrived)
        return operation(QUEUED, id=ID) if self.accepted else None

    @property
    def kinds(self) -> list[str]:
        """What the records are about."""
        names = ("intent", "refusal", "loss", "events")
        return [name for each in self.journal.records for name in names if f'"{name}":'.encode() in each.data]


@dataclass
class Process:
    """One process that submits. ``before`` is called before each of its steps; it may kill the process."""

    world: World
    before: Callable[[str], None] = lambda step: None
    answer: str = "accepted"
    """accepted, late, lost, refused or unsent."""
    held: float = 0.0
    wall: float = 0.0
    """Seconds by which its clock is wrong."""
    key: str = KEY
    request: Request = REQUEST
    prepared: int = 0

    def submit(self) -> Operation:
        journal: Any = Steps(self.world.journal, self.before)

        def today() -> datetime:
            return BEGINNING + timedelta(seconds=self.world.seconds + self.wall)

        once = Once(journal, "a process", self.world.now, today)
        return once.submit(Submission(self.key, self.request, self._prepare, self._look_up, self._wait))

    def _prepare(self) -> Change:
        self.before("prepare")
        self.prepared += 1
        return Change(**URL, send=self._send)

    def _look_up(self) -> Operation | None:
        self.before("look")
        return self.world.shown()

    def _wait(self, seconds: float) -> None:
        self.world.wait(seconds)
        self.before("wait")

    def _send(self, check: Callable[[], None]) -> Operation:
        self.before("send")
        check()  # nothing can be between this and the next line
        if self.answer == "refused":
            raise ConflictError("409", status=409, **URL)
        if self.answer == "unsent":
            raise AccessDeniedError("403", status=403, **URL)
        self.world.post(None if self.answer == "lost" else self.held)
        self.before("sent")
        if self.answer == "accepted":
            self.world.wait(self.held)
            found = self.world.shown()
            assert found is not None
            return found
        error = TransportError("the answer was lost.", **URL)
        error.operation_id = ID
        raise error


class Steps:
    """A journal, as one process sees it."""

    def __init__(self, journal: MemoryJournal, before: Callable[[str], None]) -> None:
        self._journal = journal
        self._before = before

    def append(self, operation_id: str, number: int, data: bytes) -> Record:
        self._before("append")
        record = self._journal.append(operation_id, number, data)
        self._before("appended")
        return record

    def read(self, **given: Any) -> Sequence[Record]:
        self._before("read")
        return self._journal.read(**given)

    def acquire(self, name: str, owner: str, seconds: float) -> StepsOfLease | None:
        self._before("acquire")
        lease = self._journal.acquire(name, owner, seconds)
        return None if lease is None else StepsOfLease(lease, self._before)


class StepsOfLease:
    def __init__(self, lease: Any, before: Callable[[str], None]) -> None:
        self._lease = lease
        self._before = before

    def renew(self) -> bool:
        raise AssertionError("a submit does not renew its lease")

    def release(self) -> None:
        self._before("release")
        self._lease.release()


class Fate:
    """Kills a process before its step ``number``; a dead process stays dead."""

    def __init__(self, number: int | None) -> None:
        self._number = number
        self.steps: list[str] = []

    def __call__(self, step: str) -> None:
        if self._number is not None and len(self.steps) >= self._number:
            raise Killed
        self.steps.append(step)
