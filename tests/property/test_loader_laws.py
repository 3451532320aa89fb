"""Laws of the snapshot loader and of results: what is not loaded again is still what would have been loaded."""

from __future__ import annotations

import json
import random
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.errors import WireError
from rxeryph.events import Event
from rxeryph.model import (
    CatletConfigResult,
    CatletResult,
    CatletSpecificationResult,
    GuestServicesStatusResult,
    Operation,
    OperationStatus,
    ProvisioningEvent,
    ProvisioningLogResult,
    ResultValue,
    SshChannelResult,
)
from rxeryph.tracking import NOTHING_KNOWN, observe
from rxeryph.wire import SnapshotLoader, dump_operation, load_operation
from tests.property.histories import History, histories

quick = settings(max_examples=100, deadline=None)
text = st.text(max_size=8)
optional = st.none() | text
moment = st.none() | st.datetimes(timezones=st.just(UTC))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=4,
)
configuration = st.none() | st.dictionaries(text, plain, max_size=3)
results: st.SearchStrategy[ResultValue] = st.one_of(
    st.builds(CatletConfigResult, configuration),
    st.builds(CatletResult, text),
    st.builds(CatletSpecificationResult, configuration, st.dictionaries(text, text, max_size=2)),
    st.builds(SshChannelResult, text, moment),
    st.builds(GuestServicesStatusResult, optional, optional, optional, optional, optional),
    st.builds(
        ProvisioningLogResult,
        optional,
        st.lists(st.builds(ProvisioningEvent, text, optional, optional, optional, moment), max_size=2).map(tuple),
    ),
)


@quick
@given(results)
def test_every_kind_of_result_survives_the_way_to_json_and_back(result: ResultValue) -> None:
    operation = Operation("op", OperationStatus.COMPLETED, result=result)
    reply = json.loads(json.dumps(dump_operation(operation)))
    assert load_operation(reply) == operation


MEMBERS = ("tasks", "log_entries", "resources", "projects")


def shuffled(operation: Operation, chance: random.Random) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(json.dumps(dump_operation(operation)))
    for member in MEMBERS:
        chance.shuffle(reply[member])
    return reply


def told(events: tuple[Event, ...]) -> list[dict[str, object]]:
    return [event.to_dict() for event in events]


@quick
@given(histories(), st.integers(0, 1000), st.floats(0.0, 0.5))
def test_what_is_told_does_not_depend_on_what_the_loader_remembers(
    history: History, seed: int, broken: float
) -> None:
    """Replies come in any order, some twice, some malformed in between."""
    loader, chance = SnapshotLoader(), random.Random(seed)
    by_loader = afresh = NOTHING_KNOWN
    for _, state in history.commits:
        for _ in range(chance.choice((1, 1, 2))):
            if chance.random() < broken:
                reply = shuffled(state, chance)
                reply[chance.choice(MEMBERS)].append({"id": 7})
                with pytest.raises(WireError):
                    loader.load(reply)
            reply = shuffled(state, chance)
            by_loader, loaded = observe(by_loader, loader.load(reply))
            afresh, expected = observe(afresh, load_operation(reply))
            assert sorted(told(loaded), key=str) == sorted(told(expected), key=str)
            assert [event.type for event in loaded] == [event.type for event in expected]
    assert by_loader.entries == afresh.entries
    assert dict(by_loader.tasks) == dict(afresh.tasks)


@quick
@given(histories(), st.integers(0, 1000))
def test_the_same_items_in_another_order_are_the_same_objects(history: History, seed: int) -> None:
    loader, chance = SnapshotLoader(), random.Random(seed)
    first = loader.load(shuffled(history.last, chance))
    second = loader.load(shuffled(history.last, chance))
    assert second == first
    assert second.tasks is first.tasks
    assert second.log_entries is first.log_entries
    assert second.resources is first.resources
