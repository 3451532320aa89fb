"""Headers of messages, which are read here and not by nats-py."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.journal.brokers import need_nats

need_nats()

from nats.aio.client import Client  # noqa: E402

from rxeryph.journal.jetstream.client import QuickClient  # noqa: E402


@pytest.mark.parametrize(
    "lines",
    [
        ["NATS/1.0"],
        ["NATS/1.0", "Rxeryph-Record: 3 1795721607163129", "Nats-Sequence:7"],
        ["NATS/1.0 503"],
        ["NATS/1.0 404 Message Not Found"],
        ["NATS/1.0 204 EOB", "Nats-Num-Pending: 12", "Nats-Last-Sequence: 8"],
        ["NATS/1.0 100 Idle Heartbeat", "Nats-Last-Consumer: 1016", "Nats-Last-Stream: 1024"],
        ["NATS/1.0", "Spaces:  a b  ", "Colons: a:b"],
        ["NATS/1.0", "Time: 2026-11-26T19:33:27.165393575Z", "Empty:", "Name: Größe"],
    ],
)
def test_headers_are_read_as_nats_py_does(lines: list[str]) -> None:
    raw = "\r\n".join([*lines, "", ""]).encode()
    expected = asyncio.run(Client()._process_headers(raw)) or {}
    expected.pop("Description", None)
    assert (asyncio.run(QuickClient()._process_headers(raw)) or {}) == expected


def test_a_message_without_headers_has_none() -> None:
    assert asyncio.run(QuickClient()._process_headers(b"")) is None
