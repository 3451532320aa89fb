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


async def keep_a_broken_task(kept: list[asyncio.Task[None]]) -> None:
    kept.append(asyncio.create_task(break_down()))
    await asyncio.wait(kept)


def said_of_broker(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Without what the journals of other tests say, whose threads share this process."""
    return [each for each in caplog.messages if "nats://broker" in each]


def test_what_breaks_down_inside_nats_py_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    thread = LoopThread("nats://broker")
    thread.run(leave_a_broken_task)
    thread.close(nothing)
    (line,) = said_of_broker(caplog)
    assert line.startswith("The journal nats://broker: Task exception was never retrieved: AttributeError(")


def test_what_broke_down_before_the_end_and_is_collected_after_it_is_no_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    thread = LoopThread("nats://broker")
    kept: list[asyncio.Task[None]] = []
    thread.run(keep_a_broken_task, kept)
    thread.close(nothing)
    kept.clear()
    gc.collect()
    assert said_of_broker(caplog) == []
