"""Laws of reading and writing JSON."""

from __future__ import annotations

import copy
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.model import Operation
from rxeryph.model.timestamps import format_ticks, from_ticks, parse_ticks
from rxeryph.retry import ErrorBudget
from rxeryph.wire import SnapshotLoader, dump_operation, load_operation
from tests.property.histories import History, histories, operations, ticks

quick = settings(max_examples=100, deadline=None)


@quick
@given(operations)
def test_loading_what_was_dumped_gives_the_same(operation: Operation) -> None:
    assert load_operation(dump_operation(operation)) == operation


@quick
@given(ticks, st.integers(0, 7), st.sampled_from(("Z", "+00:00", "-00:00")))
def test_every_number_of_digits_is_read(moment: int, digits: int, zone: str) -> None:
    cut = moment - moment % 10 ** (7 - digits)
    text = format_ticks(cut).removesuffix("Z")
    head, _, fraction = text.partition(".")
    shown = f"{head}.{fraction[:digits]}{zone}" if digits else head + zone
    assert parse_ticks(shown) == cut
    assert parse_ticks(format_ticks(moment)) == moment
    assert from_ticks(moment).utcoffset() is not None


@quick
@given(histories(), st.integers(0, 1000))
def test_the_loader_gives_what_loading_afresh_gives(history: History, seed: int) -> None:
    loader, chance = SnapshotLoader(), random.Random(seed)
    for _, state in history.commits:
        reply = copy.deepcopy(dump_operation(state))
        for member in ("tasks", "log_entries", "resources", "projects"):
            items = reply[member]
            assert isinstance(items, list)
            chance.shuffle(items)  # the server's nested order means nothing
        loaded, afresh = loader.load(reply), load_operation(reply)
        assert unordered(loaded) == unordered(afresh)


def unordered(operation: Operation) -> tuple[object, ...]:
    return (
        operation.id,
        operation.status,
        operation.status_message,
        frozenset(operation.tasks),
        frozenset(operation.log_entries),
        frozenset(operation.resources),
        frozenset(operation.projects),
    )


@quick
@given(operations, st.text(max_size=5), st.integers())
def test_members_nobody_knows_change_nothing(operation: Operation, name: str, value: int) -> None:
    reply = dump_operation(operation)
    for place in (reply, *_objects(reply["tasks"]), *_objects(reply["log_entries"])):
        place[f"novel_{name}"] = {"deep": [value]}
    assert load_operation(reply) == operation


def _objects(items: object) -> list[dict[str, object]]:
    return list(items) if isinstance(items, list) else []


@quick
@given(st.integers(1, 100), st.floats(0, 0.999), st.floats(0.1, 5), st.floats(5, 60))
def test_the_wait_between_failures_has_bounds(failures: int, chance: float, first: float, maximum: float) -> None:
    budget = ErrorBudget(first=first, maximum=maximum)
    wait = budget.delay(failures, lambda: chance)
    assert first / 2 <= wait <= maximum
    assert wait <= budget.delay(failures + 1, lambda: chance)
