"""Coroutines that call on the workers of a connection: results, cancelling and closing; the loop is never blocked."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Awaitable, Callable

import pytest

import rxeryph
from rxeryph.errors import ClosedError, NotFoundError
from rxeryph.simulator import Simulator

Connect = Callable[..., rxeryph.Eryph]
UNKNOWN = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"


class Gate:
    """A function that blocks until it is opened."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        self.entered.set()
        assert self.opened.wait(30)
        return "opened"


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


async def error_of(call: Awaitable[object]) -> BaseException | None:
    (outcome,) = await asyncio.gather(call, return_exceptions=True)
    return outcome if isinstance(outcome, BaseException) else None


def test_a_call_returns_the_stream_and_the_stream_its_result(eryph: rxeryph.Eryph) -> None:
    async def main() -> None:
        async with eryph:
            stream = await eryph.aio.catlets.create({"name": "web"}, validate=True)
            result = await stream
            assert result.succeeded
            catlet = await eryph.aio.run(lambda: result.catlet)
            assert (await eryph.aio.catlets.get("web")).id == catlet.id
            assert str(await eryph.aio.version())
            with pytest.raises(NotFoundError):
                await eryph.aio.operations.get(UNKNOWN)

    asyncio.run(main())
    with pytest.raises(ClosedError):
        eryph.version()


def test_calls_run_on_workers_while_the_loop_does_something_else(eryph: rxeryph.Eryph) -> None:
    """If the loop were blocked, no one would open the gate."""
    gate = Gate()
    names: list[str] = []

    async def main() -> None:
        waiting = asyncio.create_task(eryph.aio.run(gate))
        await until(gate.entered.is_set)
        assert await eryph.aio.projects.list()
        names.append(await eryph.aio.run(lambda: threading.current_thread().name))
        assert not waiting.done()
        gate.opened.set()
        assert await waiting == "opened"

    asyncio.run(main())
    assert names[0].startswith("rxeryph-worker-")


def test_a_slow_server_does_not_block_the_loop(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    async def main() -> None:
        eryph.projects.list()  # for the token
        simulator.faults.hang(method="GET", path="/v1/catlets")
        waiting = asyncio.create_task(eryph.aio.catlets.list())
        await until(lambda: not simulator.faults.pending)
        assert await eryph.aio.projects.list()
        assert not waiting.done()
        await eryph.aio.close()
        assert isinstance(await error_of(waiting), ClosedError)

    asyncio.run(main())


def test_a_call_that_was_cancelled_before_it_began_is_never_made(connect_to: Connect, simulator: Simulator) -> None:
    first, second = Gate(), Gate()
    eryph = connect_to(simulator, workers=1)

    async def main() -> None:
        busy = asyncio.create_task(eryph.aio.run(first))
        await until(first.entered.is_set)
        queued = asyncio.create_task(eryph.aio.run(second))
        await asyncio.sleep(0)
        queued.cancel()
        assert isinstance(await error_of(queued), asyncio.CancelledError)
        first.opened.set()
        assert await busy == "opened"
        await eryph.aio.run(int)  # the worker has passed the second one

    asyncio.run(main())
    assert second.calls == 0


def test_a_request_under_way_is_carried_out_though_its_task_was_cancelled(
    simulator: Simulator, eryph: rxeryph.Eryph, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rxeryph")

    async def main() -> None:
        eryph.projects.list()
        simulator.faults.delay(0.3, method="POST", path="/v1/catlets")
        creating = asyncio.create_task(eryph.aio.catlets.create({"name": "web"}, correlation_id=UNKNOWN))
        await until(lambda: not simulator.faults.pending)
        creating.cancel()
        assert isinstance(await error_of(creating), asyncio.CancelledError)
        await until(lambda: any("no longer awaited" in record.message for record in caplog.records))
        assert (await eryph.track(UNKNOWN)).succeeded

    asyncio.run(main())
    (said,) = [record.message for record in caplog.records if "no longer awaited" in record.message]
    assert said.startswith(f"Catlets.create() was no longer awaited when it returned OperationStream('{UNKNOWN}'")


def test_closing_ends_what_has_not_begun_and_refuses_more(connect_to: Connect, simulator: Simulator) -> None:
    first, second = Gate(), Gate()
    eryph = connect_to(simulator, workers=1)

    async def main() -> None:
        busy = asyncio.create_task(eryph.aio.run(first))
        await until(first.entered.is_set)
        queued = asyncio.create_task(eryph.aio.run(second))
        await asyncio.sleep(0)
        closing = asyncio.create_task(eryph.aio.close())
        error = await error_of(queued)
        assert isinstance(error, ClosedError)
        assert "before Gate" in str(error) or "began; nothing was sent" in str(error)
        first.opened.set()
        await closing
        assert await busy == "opened"  # it had begun
        assert isinstance(await error_of(eryph.aio.catlets.list()), ClosedError)

    asyncio.run(main())
    assert second.calls == 0


def test_an_async_block_closes_after_an_error_too(eryph: rxeryph.Eryph) -> None:
    async def main() -> None:
        async with eryph as same:
            assert same is eryph
            raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        asyncio.run(main())
    with pytest.raises(ClosedError):
        eryph.version()


def test_an_event_loop_that_was_closed_before_the_outcome_harms_no_one(
    eryph: rxeryph.Eryph, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rxeryph")
    gate = Gate()
    loop = asyncio.new_event_loop()
    task = loop.create_task(eryph.aio.run(gate))
    loop.run_until_complete(until(gate.entered.is_set))
    task.cancel()
    assert isinstance(loop.run_until_complete(error_of(task)), asyncio.CancelledError)
    loop.close()
    gate.opened.set()
    asyncio.run(until(lambda: "no longer awaited when it returned 'opened'" in caplog.text))


def test_a_call_sees_the_context_variables_of_its_caller(eryph: rxeryph.Eryph) -> None:
    variable = contextvars.ContextVar("variable", default="none")

    async def main() -> str:
        variable.set("mine")
        return await eryph.aio.run(variable.get)

    assert asyncio.run(main()) == "mine"


def test_what_a_future_cannot_carry_is_another_error(eryph: rxeryph.Eryph) -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="raised StopIteration"):
            await eryph.aio.run(next, iter(()))

    asyncio.run(main())
