"""What the records of an operation say about its submit, if that was made with ``once=``.

Such a record has ``intent``, ``refusal`` or ``loss`` in place of a snapshot and events. An intent is stored before
the request is sent: ``{"request": "catlets.create 'web' on eryph", ...}``. A request may contain secrets, so only its
digest is stored. Secrets may be short, so the digest is made like that of a password: with a salt, and slowly.
A refusal, ``{"error": "ConflictError"}``, is stored after the intent when the server certainly did not act on the
request. If it did, a record with events follows. A loss, ``{"tries": 2}``, says that no other request is sent. After
it, a process can no longer store that its request was refused.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..model.value import Value
from .envelope import UnreadableError, packed, unpacked
from .protocol import Record

COST = 2**14
"""Of a digest: how much memory and time, in the unit of scrypt."""


KINDS = ("intent", "refusal", "loss")
"""What such a record has in place of a snapshot."""


@dataclass(frozen=True, slots=True)
class Request(Value):
    """What is submitted: a name for people, and all that makes it another request if it changes."""

    name: str
    content: bytes

    def digest(self, salt: bytes) -> bytes:
        """The same for the same request and salt. Slow."""
        return hashlib.scrypt(self.name.encode() + b"\0" + self.content, salt=salt, n=COST, r=8, p=1)


@dataclass(frozen=True, slots=True)
class Intent(Value):
    """That a request would be sent at once."""

    request: str
    """Its name."""
    salt: bytes
    digest: bytes
    stored_at: datetime

    def is_for(self, request: Request) -> bool:
        """True if it is the same request. Slow."""
        return hmac.compare_digest(self.digest, request.digest(self.salt))


def dump_intent(request: Request) -> bytes:
    """The data of a record that says that ``request`` will be sent. No two are equal."""
    salt = secrets.token_bytes(16)
    content = {"request": request.name, "salt": salt.hex(), "digest": request.digest(salt).hex()}
    return packed({"intent": content})


def dump_refusal(error: Exception) -> bytes:
    """The data of a record that says that the request before it was certainly not carried out."""
    return packed({"refusal": {"error": type(error).__name__}})


def dump_loss(tries: int) -> bytes:
    """The data of a record that says that the key is given up, because ``tries`` requests have been lost."""
    return packed({"loss": {"tries": tries}})


def is_about_submit(content: Mapping[str, object]) -> bool:
    """True for the content of a record that is not about what was seen of an operation."""
    return not content.keys().isdisjoint(KINDS)


@dataclass(frozen=True, slots=True)
class Story(Value):
    """What the first records of an operation say about its submit. It never changes."""

    next: int = 0
    """The number of the next record."""
    intent: Intent | None = None
    """The last one, unless its request was refused."""
    earlier: Intent | None = None
    """The one before, whose request was lost, and may have arrived late after all."""
    tries: int = 0
    """How many requests may have been sent since the last refusal."""
    is_given_up: bool = False
    """True if no other is sent."""
    seen: Record | None = None
    """The first record with events."""

    @property
    def sent(self) -> Intent | None:
        """The intent of the operation, if it exists."""
        return self.intent or self.earlier

    def after(self, record: Record) -> Story:
        """What they say including the next record. Raises JournalError for one that cannot be read."""
        content = unpacked(record)
        number = record.number + 1
        if "refusal" in content:
            return Story(number, earlier=self.earlier)
        if "intent" in content:
            return Story(number, _intent(content["intent"], record), self.sent, self.tries + 1)
        if "loss" in content:
            return replace(self, next=number, is_given_up=True)
        return replace(self, next=number, seen=record)


def story_of(records: Iterable[Record]) -> Story:
    """The story of an operation: its records, from the first one on, are read up to the first one with events."""
    story = Story()
    for record in records:
        story = story.after(record)
        if story.seen is not None:
            break
    return story


def _intent(content: object, record: Record) -> Intent:
    try:
        assert isinstance(content, Mapping)
        salt, digest = (bytes.fromhex(content[name]) for name in ("salt", "digest"))
        return Intent(str(content["request"]), salt, digest, record.stored_at)
    except (AssertionError, KeyError, TypeError, ValueError):
        raise UnreadableError(record, "it is not a complete intent") from None
