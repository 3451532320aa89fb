"""Requests to a broker, without one."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.journal.brokers import need_nats

need_nats()

from rxeryph.journal.jetstream.address import parse  # noqa: E402
from rxeryph.journal.jetstream.link import Link  # noqa: E402


def test_a_late_answer_is_never_that_of_another_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxeryph.journal.jetstream.link.PATIENCE", 0.001)
    inboxes: list[str] = []

    async def publish(subject: str, data: bytes, reply: str, headers: object) -> None:
        inboxes.append(reply)

    async def ask_unanswered() -> None:
        link: Any = Link(parse("nats://broker"), None)
        link.client = SimpleNamespace(is_closed=False, publish=publish)
        for _ in range(5):
            with pytest.raises(TimeoutError):
                await link.ask("rxeryph.record.op", b"")

    asyncio.run(ask_unanswered())
    assert len(set(inboxes)) == 5
