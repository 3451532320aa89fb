"""The thread of a ``NatsJournal``."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest

from tests.unit.journal.brokers import need_nats

need_nats()

from rxeryph.journal.jetstream.thread import LoopThread  # noqa: E402


async def nothing() -> None:
    pass


async def break_down() -> None:
    raise AttributeError("'NoneType' object has no attribute '_add_writer'")


async def leave_a_broken_task() -> None:
    await asyncio.wait([asyncio.create_task(break_down())])
    gc.collect()


def test_what_breaks_down_inside_nats_py_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    thread = LoopThread("nats://broker")
    thread.run(leave_a_broken_task)
    thread.close(nothing)
    (line,) = caplog.messages
    assert line.startswith("The journal nats://broker: Task exception was never retrieved: AttributeError(")
