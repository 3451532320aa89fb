"""``rxeryph.follow``: the streams of a journal, without a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest

import rxeryph
from rxeryph import Eryph, OperationStream, operators
from rxeryph.errors import ClosedError, ConfigurationError, InvalidRequestError
from rxeryph.events import OperationFinished
from rxeryph.simulator import Log, Simulator, Task
from tests.observing import Spy
from tests.property.test_journal_laws import same
from tests.unit.journal.test_connecting import changes


@pytest.mark.eryph_simulator(speed=20.0)
def test_it_shows_what_another_process_polls(
    simulator: Simulator, connect_to: Callable[..., Eryph], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/operations.db"
    found, done = Spy(), threading.Event()
    with connect_to(simulator, journal=url) as eryph, rxeryph.follow(url) as journal:

        def seen(stream: OperationStream) -> None:
            stream.subscribe(found)
            stream.subscribe(on_completed=done.set)

        journal.watch_operations().subscribe(seen)
        ids = [simulator.play(Task("Test", *[Log(f"{number}") for number in range(5)])) for _ in range(2)]
        polled = Spy()
        eryph.track(ids[0]).subscribe(polled)
        assert done.wait(30)
        assert same(found.events, changes(polled))
        stream = journal.track(ids[0])
        assert stream.wait(30).succeeded
        assert journal.track_all([stream]).wait(30)
        with pytest.raises(ConfigurationError, match="cancelling it needs a connection to its server"):
            stream.cancel()
        consumed = threading.Event()
        journal.consumer("billing").subscribe(lambda each: consumed.set())
        assert consumed.wait(30)
        waiting = Spy()
        journal.track(ids[1]).subscribe(waiting)
    assert isinstance(waiting.error, ClosedError)
    assert waiting.events == []


@pytest.mark.eryph_simulator(speed=50.0)
def test_asyncio_follows_an_operation_that_is_not_there_yet(
    simulator: Simulator, connect_to: Callable[..., Eryph], tmp_path: Path
) -> None:
    url, id = f"sqlite:///{tmp_path}/operations.db", "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"

    async def follow() -> None:
        async with rxeryph.follow(url) as journal, connect_to(simulator, journal=url) as eryph:
            followed = asyncio.create_task(collected(journal.track(id)))
            await asyncio.sleep(0)
            result = await (await eryph.aio.catlets.create({"name": "web"}, correlation_id=id))
            events = await asyncio.wait_for(followed, 30)
        assert isinstance(events[-1], OperationFinished)
        assert events[-1].result.status is result.status
        with pytest.raises(ClosedError):
            journal.track(id.replace("0", "1")).wait(30)

    asyncio.run(follow())


async def collected(stream: OperationStream) -> list[object]:
    return [event async for event in stream]


def test_it_takes_the_ids_that_a_connection_takes(tmp_path: Path) -> None:
    with rxeryph.follow(f"sqlite:///{tmp_path}/operations.db") as journal:
        stream = journal.track("{0D9C5F0E-6A51-4C6E-9A61-2F7D3B1F0A11}")
        assert stream.operation_id == "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"
        for wrong in ("web", "", None):
            with pytest.raises(InvalidRequestError, match="is not an id such as"):
                journal.track(wrong)  # type: ignore[arg-type]


def test_it_needs_a_journal() -> None:
    with pytest.raises(ConfigurationError, match="A journal has a URL such as"):
        rxeryph.follow("operations.db")
    with pytest.raises(ValueError, match="workers must be at least 1"):
        rxeryph.follow("sqlite:///operations.db", workers=0)


@pytest.mark.eryph_simulator(speed=20.0)
def test_what_a_journal_has_can_be_recorded_and_replayed(
    simulator: Simulator, connect_to: Callable[..., Eryph], tmp_path: Path
) -> None:
    url, recorded = f"sqlite:///{tmp_path}/operations.db", tmp_path / "operation.ndjson"
    with connect_to(simulator, journal=url) as eryph:
        id = simulator.play(Task("Test", Log("one"), Log("two")))
        assert eryph.track(id).wait(30).succeeded
    with rxeryph.follow(url) as journal:
        events = list(journal.track(id))
        journal.track(id).pipe(operators.record(recorded)).run()
    replayed = Spy()
    rxeryph.replay(recorded, speed=inf).subscribe(replayed)
    assert same(replayed.events, events)
