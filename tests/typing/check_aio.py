"""Checked by mypy and pyright, never executed: calls for asyncio have the arguments and results of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

import rxeryph
from rxeryph.model import ApiVersion, CancelRequest, Catlet, CatletChange, Operation
from rxeryph.outcome import FetchedResource


async def results_are_those_of_the_calls(eryph: rxeryph.Eryph) -> None:
    assert_type(await eryph.aio.catlets.create({"name": "web"}, validate=True), rxeryph.OperationStream)
    assert_type(await (await eryph.aio.catlets.start("web")), rxeryph.OperationResult)
    assert_type(await eryph.aio.catlets.get("web", with_configuration=True), Catlet)
    assert_type(await eryph.aio.catlets.get_config("web"), Mapping[str, object])
    assert_type(await eryph.aio.operations.list(top=3), tuple[Operation, ...])
    assert_type(await eryph.aio.operations.cancel("id"), CancelRequest)
    assert_type(await eryph.aio.catlets.change("web", {"cpu": 2}), rxeryph.OperationStream)
    assert_type(await eryph.aio.catlets.change("web", {"cpu": 2}, dry_run=True), CatletChange)
    assert_type(await eryph.aio.catlets.change("web", {"cpu": 2}, once="key"), rxeryph.OperationStream)
    assert_type(await eryph.aio.catlets.create({"name": "web"}, once="key"), rxeryph.OperationStream)
    assert_type(await eryph.aio.version(), ApiVersion)


async def arguments_are_those_of_the_calls(eryph: rxeryph.Eryph) -> None:
    await eryph.aio.catlets.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await eryph.aio.catlets.create({}, validate="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await eryph.aio.catlets.get(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await eryph.aio.catlets.start("web", "dev", 7)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await eryph.aio.catlets.created("x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def any_function_runs_on_a_worker(eryph: rxeryph.Eryph, stream: rxeryph.OperationStream) -> None:
    assert_type(await eryph.aio.run(stream.cancel), CancelRequest)
    assert_type(await eryph.aio.run(eryph.catlets.get, "web", with_configuration=True), Catlet)
    result = await stream
    assert_type(await eryph.aio.run(result.fetch_resources), tuple[FetchedResource, ...])
    await eryph.aio.run(eryph.catlets.get, 7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def a_connection_is_an_async_context(eryph: rxeryph.Eryph) -> None:
    async with eryph as same:
        assert_type(same, rxeryph.Eryph)
