"""The leases of a journal.

A lease is a key, and in force while another key is there, that of its session. All leases of one journal object have
the same session, so one write renews them all, and all are over soon after their process has died.
"""

from __future__ import annotations

import asyncio
import math
import time
import uuid

from .broker import Broker, Message
from .streams import Streams
from .thread import LoopThread

TOKEN = "Rxeryph-Token"
"""Header of a lease: the session that keeps it in force."""

LATE = 5.0
"""Seconds by which a renewal may be late, as long as the session is in force."""

FRESH = 0.3
"""Seconds in which a session that was found in force is not looked up again."""


class Session:
    """Keeps the leases of one journal object in force: a key that the broker deletes when it was not renewed.

    There is one for each number of ``seconds``. A session that is over stays over: its token is not used again.
    """

    def __init__(self, owner: str, seconds: int) -> None:
        self.owner = owner
        self.seconds = seconds
        self.token = uuid.uuid4().hex
        self.sequence = 0
        self.renewed_at = -math.inf
        self.renewing = asyncio.Lock()

    def lasts(self, seconds: float) -> bool:
        """True if it needs no renewal to be in force for so long."""
        return time.monotonic() + seconds < self.renewed_at + self.seconds


class NatsLease:
    """A lease in a ``NatsJournal``."""

    def __init__(self, leases: Leases, session: Session, name: str, seconds: float) -> None:
        self.session = session
        self.name = name
        self.seconds = seconds
        self.sequence: int | None = None
        """None while it is not known whether the broker has it."""
        self.asked_at = time.monotonic()
        self._leases = leases

    @property
    def is_wanted(self) -> bool:
        """False if its holder has released it, or has not renewed it in time. A busy process may be a little late."""
        return time.monotonic() < self.asked_at + self.seconds + min(self.seconds, LATE)

    def renew(self) -> bool:
        """See ``Lease.renew``."""
        return self._leases.renew(self)

    def release(self) -> None:
        """See ``Lease.release``."""
        self._leases.thread.run(self._leases.release, self)


class Leases:
    """The leases that one journal object holds. Used on the event loop of ``thread``, but for ``renew``."""

    def __init__(self, broker: Broker, streams: Streams, thread: LoopThread) -> None:
        self.thread = thread
        self._broker = broker
        self._streams = streams
        self._sessions: dict[int, Session] = {}
        self._held: dict[str, NatsLease] = {}
        self._seen: dict[str, float] = {}

    async def acquire(self, name: str, owner: str, seconds: float) -> NatsLease | None:
        """See ``Journal.acquire``."""
        held = self._held.get(name)
        found, is_held = await self._look_up(name)
        if is_held or self._held.get(name) is not held:  # by another thread, meanwhile
            return None
        session = self._session(owner, math.ceil(seconds * 11 / 10))
        lease = self._held[name] = NatsLease(self, session, name, seconds)  # now, for the answer may be lost
        try:
            if await self._renewed(session, seconds):
                subject, last = self._streams.lease(name), 0 if found is None else found.sequence
                lease.sequence = await self._broker.publish(subject, owner.encode(), last, {TOKEN: session.token})
        except BaseException:
            lease.asked_at = -math.inf
            raise
        if lease.sequence is None:
            self._forget(lease)
            return None
        return lease

    def renew(self, lease: NatsLease) -> bool:
        """See ``Lease.renew``. May be called on any thread, and asks the broker once for many leases."""
        self.thread.check()
        if self._held.get(lease.name) is not lease or not lease.is_wanted:
            return False
        lease.asked_at = time.monotonic()
        return lease.session.lasts(lease.seconds) or self.thread.run(self._renewed, lease.session, lease.seconds)

    async def release(self, lease: NatsLease) -> None:
        """See ``Lease.release``."""
        if self._held.get(lease.name) is lease:
            lease.asked_at = -math.inf
            await self._delete(lease)

    async def is_held(self, name: str) -> bool:
        """True while a lease of that name is in force, no matter who holds it."""
        return (await self._look_up(name))[1]

    async def _look_up(self, name: str) -> tuple[Message | None, bool]:
        """A lease at the broker, and whether it is in force."""
        held = self._held.get(name)
        if held is not None and held.is_wanted:
            return None, True
        found = await self._find(name)
        return found, found is not None and await self._is_in_force(found.headers[TOKEN])

    def _session(self, owner: str, seconds: int) -> Session:
        session = self._sessions.get(seconds)
        if session is not None and session.sequence and not session.lasts(0.0):
            self._end(session)
            session = None
        if session is None:
            session = self._sessions[seconds] = Session(owner, seconds)
        return session

    async def _renewed(self, session: Session, seconds: float) -> bool:
        """Keep a session in force for ``seconds`` at least; False if it is over."""
        async with session.renewing:
            if self._sessions.get(session.seconds) is not session:
                return False
            if session.lasts(seconds):
                return True
            for lease in [*self._held.values()]:
                if lease.session is session and not lease.is_wanted:
                    await self._delete(lease)
            asked_at = time.monotonic()
            sequence = await self._write(session)
            if sequence is None:
                found = await self._broker.last(self._streams.bucket, self._streams.session(session.token))
                if found is None:
                    self._end(session)
                    return False
                session.sequence = found.sequence  # of a renewal whose answer was lost
                sequence = await self._write(session)
            if sequence is not None:
                session.sequence, session.renewed_at = sequence, asked_at
            return sequence is not None

    async def _write(self, session: Session) -> int | None:
        subject = self._streams.session(session.token)
        return await self._broker.publish(
            subject, session.owner.encode(), session.sequence, {}, seconds=session.seconds
        )

    def _end(self, session: Session) -> None:
        """A session is over, and all its leases with it."""
        self._sessions.pop(session.seconds, None)
        session.renewed_at = -math.inf
        for lease in [*self._held.values()]:
            if lease.session is session:
                self._forget(lease)

    def _forget(self, lease: NatsLease) -> None:
        if self._held.get(lease.name) is lease:
            del self._held[lease.name]

    async def _delete(self, lease: NatsLease) -> None:
        """Delete a lease at the broker, unless it has changed there."""
        if lease.sequence is None:
            found = await self._find(lease.name)
            lease.sequence = 0 if found is None or found.headers[TOKEN] != lease.session.token else found.sequence
        if lease.sequence:
            await self._broker.purge(self._streams.bucket, self._streams.lease(lease.name), lease.sequence)
        self._forget(lease)

    async def _find(self, name: str) -> Message | None:
        return await self._broker.last(self._streams.bucket, self._streams.lease(name))

    async def _is_in_force(self, token: str) -> bool:
        """True for the leases of a session that is in force, and was not opened here: those here are known."""
        if any(session.token == token for session in self._sessions.values()):
            return False
        now = time.monotonic()
        if now < self._seen.get(token, -math.inf) + FRESH:
            return True
        self._seen = {each: at for each, at in self._seen.items() if now < at + FRESH}
        if await self._broker.last(self._streams.bucket, self._streams.session(token)) is None:
            return False
        self._seen[token] = now
        return True
