"""What a journal asks of JetStream."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import JournalError
from .address import Address
from .client import read_headers
from .connection import Connection
from .failures import CHANGED, NOT_FOUND, NotStoredError, RefusedError, UnusableError, reason_of
from .link import Link, answers, api, checked

PAGE, PAGE_BYTES = 500, 4_000_000
"""Messages that the broker sends for one request, and their bytes, at most."""


PREVIOUS = "Nats-Expected-Last-Subject-Sequence"
"""Header of a message: the sequence of the message before it with the same subject, 0 for the first."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a stream."""

    subject: str
    sequence: int
    time: str
    headers: Mapping[str, str]
    data: bytes


class Broker:
    """The requests to JetStream. They raise JournalError. Used on one event loop."""

    def __init__(
        self, address: Address, tls: ssl.SSLContext | None, prepare: Callable[[Link], Awaitable[None]]
    ) -> None:
        self.connection = Connection(address, tls, prepare)

    async def api(
        self, request: str, body: Mapping[str, Any], *, but: Container[int] = ()
    ) -> Mapping[str, Any] | None:
        """The answer to a request of the API of JetStream; None if it is an error with one of the codes ``but``."""
        link = await self.connection.link()
        try:
            return await api(link, request, body)
        except Exception as error:
            if isinstance(error, RefusedError) and error.code in but:
                return None
            raise self.raised(error, link) from error

    async def publish(
        self, subject: str, data: bytes, last: int, headers: Mapping[str, str], seconds: int | None = None
    ) -> int | None:
        """Store a message, for ``seconds`` or for ever, and return its sequence.

        None, and nothing is stored, if ``last`` is not the sequence of the last message of its subject.
        """
        headers = {**headers, PREVIOUS: str(last)}
        if seconds is not None:
            headers["Nats-TTL"] = str(seconds)
        link = await self.connection.link()
        try:
            return int(checked((await link.ask(subject, data, headers))[0].data)["seq"])
        except Exception as error:
            if isinstance(error, RefusedError) and error.code in CHANGED:
                return None
            if isinstance(error, TimeoutError) and await answers(link):
                raise self.raised(NotStoredError(), link) from error
            raise self.raised(error, link) from error

    async def last(self, stream: str, subject: str) -> Message | None:
        """The last message of a subject."""
        answer = await self.api(f"STREAM.MSG.GET.{stream}", {"last_by_subj": subject}, but=NOT_FOUND)
        if answer is None:
            return None
        found = answer["message"]
        headers = read_headers(base64.b64decode(found.get("hdrs", "")))
        return Message(
            found["subject"], found["seq"], found["time"], headers, base64.b64decode(found.get("data", ""))
        )

    async def purge(self, stream: str, subject: str, last: int) -> None:
        """Delete the messages of a subject up to the sequence ``last``."""
        await self.api(f"STREAM.PURGE.{stream}", {"filter": subject, "seq": last + 1})

    async def page(self, stream: str, subject: str, after: int, limit: int) -> tuple[Sequence[Message], bool]:
        """The next messages of a subject, which may have wildcards, and whether there are more."""
        body = {"seq": after + 1, "next_by_subj": subject, "batch": min(limit, PAGE), "max_bytes": PAGE_BYTES}
        link = await self.connection.link()
        try:
            *answers, end = await link.ask(f"$JS.API.DIRECT.GET.{stream}", json.dumps(body).encode(), is_many=True)
            status = (end.headers or {}).get("Status")
            if status not in ("204", "404"):
                raise UnusableError(f"the broker does not return records (status {status})", False)
        except Exception as error:
            raise self.raised(error, link) from error
        messages = [
            Message(headers["Nats-Subject"], int(headers["Nats-Sequence"]), headers["Nats-Time-Stamp"], headers, data)
            for headers, data in ((each.headers or {}, each.data) for each in answers)
        ]
        return messages, int((end.headers or {}).get("Nats-Num-Pending", "0")) > 0

    def raised(self, error: Exception, link: Link) -> JournalError:
        """What to raise for an error of nats-py or JetStream."""
        return self.connection.error(*reason_of(error, link.reported))
