"""The operations of a group have names, and their results the order in which they were given."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from rxeryph import OperationResult, OperationStream
from rxeryph import operators as ops
from rxeryph.errors import OperationTimeoutError
from rxeryph.polling import Engine, PollingSettings, PollingSource, asking, fixed, threaded_engine
from rxeryph.streams import OperationGroup
from rxeryph.streams.names import Operations, named
from rxeryph.tracking import Settling
from tests.unit.playing import Play
from tests.unit.samples import COMPLETED, RUNNING, operation


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = threaded_engine(2)
    yield engine
    engine.close()


class Streams:
    """A stream for each id; one that begins with ``slow`` does not end."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made: dict[str, OperationStream] = {}

    def __call__(self, operation_id: str) -> OperationStream:
        if operation_id not in self._made:
            status = RUNNING if operation_id.startswith("slow") else COMPLETED
            play = Play(operation(status, id=operation_id))
            settings = PollingSettings(fixed(0.001), settling=Settling(0.0, 0.0))
            source = PollingSource(operation_id, asking(play.fetch, self._engine), self._engine, settings)
            self._made[operation_id] = OperationStream(source, play.cancel)
        return self._made[operation_id]

    def group(self, operations: Operations) -> OperationGroup:
        return OperationGroup(named(operations, self), self._engine.delivery)


@pytest.fixture
def track(engine: Engine) -> Streams:
    return Streams(engine)


def test_results_come_in_the_order_of_the_operations(track: Streams) -> None:
    ids = ["c", "a", "d", "b"]
    for operation_id in reversed(ids):
        track(operation_id).wait(30)  # so that they end in another order
    group = track.group(ids)
    assert list(group.wait(30)) == list(group.results) == ids
    assert list(group.names.items()) == [(each, each) for each in ids]


@pytest.mark.parametrize("way", ["tag", "mapping"])
def test_results_have_the_names_that_were_given(track: Streams, way: str) -> None:
    if way == "tag":
        group = track.group([track("1").pipe(ops.tag("web")), "2", track("3").pipe(ops.tag("db"))])
    else:
        group = track.group({"web": track("1"), "2": "2", "db": track("3")})
    results = group.wait(30)
    assert list(results) == ["web", "2", "db"]
    found = [result.operation.id for result in results.values() if isinstance(result, OperationResult)]
    assert found == list(group.operation_ids) == ["1", "2", "3"]
    assert group.names["1"] == "web"

    async def awaited() -> None:
        assert list(await group) == list(results)

    asyncio.run(awaited())


def test_a_timeout_names_the_first_that_has_not_ended(track: Streams) -> None:
    group = track.group({"web": "1", "db": "slow"})
    track("1").wait(30)
    with pytest.raises(OperationTimeoutError, match=r"1 of 2 .*, 'db' \(slow\) is the first; they keep"):
        group.wait(0.2)
    assert list(group.results) == ["web"]


def test_an_operation_may_be_given_twice_but_a_name_belongs_to_one(track: Streams) -> None:
    assert list(track.group(["1", track("1")]).wait(30)) == ["1"]
    for operations in ([track("1").pipe(ops.tag("web")), track("2").pipe(ops.tag("web"))], {"2": "1", "3": "2"}):
        if isinstance(operations, dict):
            assert list(track.group(operations).wait(30)) == ["2", "3"]
        else:
            with pytest.raises(ValueError, match="two operations with the name 'web': give each its own"):
                track.group(operations)
    with pytest.raises(ValueError, match="operation 1 twice, as 'web' and 'db': name it once"):
        track.group({"web": "1", "db": "1"})


@pytest.mark.parametrize("operations", [[7], ["1", None], {1: "1"}, {"web": 7}])
def test_other_values_are_refused(track: Streams, operations: Any) -> None:
    with pytest.raises(TypeError, match=r"track_all\(\) needs"):
        track.group(operations)


def test_a_tag_after_another_operator_names_no_operation(track: Streams) -> None:
    for observable in (
        track("1").pipe(ops.progress(), ops.tag("web")),
        track("1").pipe(ops.tag("web"), ops.tag("web")),
        track("1").pipe(ops.tag(7)),
    ):
        operations: Any = [observable]
        with pytest.raises(TypeError, match=r"track_all\(\) needs"):
            track.group(operations)
