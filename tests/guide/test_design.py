"""What the design shows a user runs as it is written there, against the simulator."""

from __future__ import annotations

import contextlib
import io
import threading
from functools import partial
from typing import Any

import pytest

import rxeryph
from rxeryph.simulator import Simulator

pytestmark = pytest.mark.usefixtures("settles_soon")

FIRST = """
import rxeryph
from rxeryph import operators as ops
from rxeryph.events import LogEntryAdded, TaskUpdated

with rxeryph.connect() as eryph:                        # finds configuration and credentials; sends nothing yet
    stream = eryph.catlets.create({"name": "web", "parent": "dbosoft/ubuntu-22.04/starter"})   # POST, once, here
    stream.pipe(ops.of_type(LogEntryAdded)).subscribe(lambda e: print(e.entry.message))
    stream.pipe(ops.of_type(TaskUpdated)).subscribe(lambda e: print(e.task.title, e.task.progress))
    result = stream.wait(timeout=600)                   # OperationResult; every subscriber shared one poll loop
    result.raise_for_status()
    print(result.catlet.name)
"""

SECOND = """
handlers = (rxeryph.EventHandlers()                   # handlers per event type: chainable, several per type, reusable
            .on(LogEntryAdded, show_log)
            .on(TaskUpdated, show_task))
stream = eryph.track("0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11")     # an operation started elsewhere
stream.subscribe(handlers)                              # an ordinary reactivex observer
result = stream.wait(timeout=300)
"""

THIRD = """
both = ops.merge(eryph.catlets.start(a), eryph.catlets.start(b))  # one stream of events, each knows its operation_id
"""

FOURTH = """
async def main():
    seen = []
    async for event in stream: seen.append(event)       # asyncio, with back-pressure
    result = await stream
    return seen, result
"""


def run(source: str, **names: Any) -> tuple[dict[str, Any], str]:
    """Execute a block; returns its names and what it printed (on any thread)."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "the design", "exec"), names)
    return names, printed.getvalue()


@pytest.fixture
def found(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """Looking configurations up comes later: ``connect()`` is told where the simulator is."""
    given: dict[str, Any] = {
        "endpoint": simulator.endpoint,
        "client_id": simulator.client_id,
        "private_key": simulator.private_key,
    }
    monkeypatch.setattr(rxeryph, "connect", partial(rxeryph.connect, **given))
    return simulator


def test_the_first_block(found: Simulator) -> None:
    names, printed = run(FIRST)
    lines = printed.splitlines()
    assert lines[-1] == "web"
    assert "Updating catlet network settings" in lines
    assert "Create catlet web 100" in lines
    assert names["result"].succeeded


def test_the_second_block(found: Simulator) -> None:
    from rxeryph.events import LogEntryAdded, TaskUpdated
    from rxeryph.simulator import Log, Task

    found.play(Task("T", Log("hello"), display_name="Say hello"), operation_id="0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11")
    logs: list[str] = []
    tasks: list[str] = []
    with rxeryph.connect() as eryph:
        names, _ = run(
            SECOND,
            rxeryph=rxeryph,
            eryph=eryph,
            LogEntryAdded=LogEntryAdded,
            TaskUpdated=TaskUpdated,
            show_log=lambda event: logs.append(event.entry.message),
            show_task=lambda event: tasks.append(event.task.title),
        )
        assert names["result"].succeeded
    assert logs == ["hello"]


def test_the_third_block(found: Simulator) -> None:
    import asyncio

    from rxeryph import operators as ops

    with rxeryph.connect(polling=rxeryph.polling.fixed(0.02)) as eryph:
        made = ops.merge(eryph.catlets.create({"name": "a"}), eryph.catlets.create({"name": "b"}))
        finish(made)
        a, b = (catlet.id for catlet in eryph.catlets.list())
        names, _ = run(THIRD, ops=ops, eryph=eryph, a=a, b=b)
        events = finish(names["both"])
        assert len({event.operation_id for event in events}) == 2
        stream = eryph.catlets.stop(a)
        names, _ = run(FOURTH, stream=stream)
        seen, result = asyncio.run(names["main"]())
        assert seen[-1].result == result
        assert list(stream) == seen  # blocking iteration


def finish(stream: Any) -> list[Any]:
    events: list[Any] = []
    done = threading.Event()
    stream.subscribe(events.append, on_completed=done.set)
    assert done.wait(30)
    return events
