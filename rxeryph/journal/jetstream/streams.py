"""The two streams of a journal: one for its records, and a key-value bucket for its leases and consumers."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from .failures import NOT_FOUND, RefusedError, UnusableError
from .link import Link, api

KIND = "rxeryph"
VERSION = 1

NAME_IN_USE = 10058


class Streams:
    """Finds the streams of a journal at a broker, or makes them, and knows the time there."""

    def __init__(self, name: str) -> None:
        self.records = name
        self.bucket = f"KV_{name}"
        self._name = name
        self._created: str | None = None
        self._ahead = timedelta(0)

    @property
    def now(self) -> datetime:
        """The time at the broker, as it was when the connection was made, and counted from there."""
        return datetime.fromtimestamp(time.monotonic(), UTC) + self._ahead

    @property
    def all_records(self) -> str:
        """The subjects of the records of all operations."""
        return f"{self._name}.record.*"

    def record(self, operation_id: str) -> str:
        """The subject of the records of an operation."""
        return f"{self._name}.record.{encoded(operation_id)}"

    def lease(self, name: str) -> str:
        """The subject of a lease."""
        return f"$KV.{self._name}.lease.{encoded(name)}"

    def session(self, token: str) -> str:
        """The subject of what keeps leases in force."""
        return f"$KV.{self._name}.session.{token}"

    def consumer(self, name: str) -> str:
        """The subject of the position of a consumer."""
        return f"$KV.{self._name}.consumer.{encoded(name)}"

    def operation_id(self, subject: str) -> str:
        """The operation of a record."""
        return decoded(subject.rpartition(".")[2])

    async def prepare(self, link: Link) -> None:
        """Find the streams, and make them the first time."""
        is_first = self._created is None
        info = await _info(link, self.records)
        if info is None:
            if not is_first:
                raise UnusableError("it was deleted while it was open")
            info = await self._create(link, self.records, [self.all_records])
        if await _info(link, self.bucket) is None:
            await self._create(
                link,
                self.bucket,
                [f"$KV.{self._name}.>"],
                max_msgs_per_subject=1,
                allow_msg_ttl=True,
                allow_rollup_hdrs=True,
            )
        self._check(info)
        self._ahead = datetime.fromisoformat(info["ts"]) - datetime.fromtimestamp(time.monotonic(), UTC)

    async def _create(self, link: Link, name: str, subjects: list[str], **settings: Any) -> Mapping[str, Any]:
        config = {
            "name": name,
            "subjects": subjects,
            "retention": "limits",
            "storage": "file",
            "discard": "new",  # a limit that is reached is an error, and drops no record
            "allow_direct": True,
            "metadata": {KIND: "journal", "version": str(VERSION)},
            **settings,
        }
        try:
            return await api(link, f"STREAM.CREATE.{name}", config)
        except RefusedError as error:
            if error.code != NAME_IN_USE:  # which another process made meanwhile
                raise
            return await api(link, f"STREAM.INFO.{name}")

    def _check(self, info: Mapping[str, Any]) -> None:
        metadata = info["config"].get("metadata") or {}
        if metadata.get(KIND) != "journal":
            raise UnusableError(f"the stream {self.records} is of another program; use another name")
        version = metadata.get("version", "")
        if version != str(VERSION):
            raise UnusableError(
                f"a newer version of rxeryph made it (format {version}; this one has {VERSION}). Update rxeryph"
            )
        if self._created is None:
            self._created = info["created"]
        elif self._created != info["created"]:
            raise UnusableError("it was deleted and made again while it was open")


async def _info(link: Link, stream: str) -> Mapping[str, Any] | None:
    try:
        return await api(link, f"STREAM.INFO.{stream}")
    except RefusedError as error:
        if error.code in NOT_FOUND:
            return None
        raise


def encoded(name: str) -> str:
    """``name`` as a part of a subject: each byte but letters, digits, ``-`` and ``_`` is ``=`` and its number."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda match: _bytes(match[0]), name) or "="


@lru_cache
def decoded(token: str) -> str:
    """What ``encoded`` was given."""
    if token == "=":
        return ""
    raw = re.sub(rb"=([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), token.encode())
    return raw.decode(errors="surrogatepass")


def _bytes(character: str) -> str:
    return "".join(f"={byte:02X}" for byte in character.encode(errors="surrogatepass"))
