"""Laws of reading and writing JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rxeryph import model, wire
from rxeryph.errors import WireError
from rxeryph.events import Event
from rxeryph.model import Operation
from rxeryph.model.timestamps import format_ticks, from_ticks, parse_ticks, parse_time
from rxeryph.tracking import NOTHING_KNOWN, observe
from rxeryph.wire import SnapshotLoader, dump_operation, load_operation
from rxeryph.wire._schema import NounSchema
from tests.property.histories import History, histories
from tests.property.long_runs import examples
from tests.property.values import built

quick = settings(max_examples=100, deadline=None)


def schemas(base: type[NounSchema] = NounSchema) -> list[type[NounSchema]]:
    """The schemas of the nouns that ``rxeryph.wire`` reads."""
    below = [schema for each in base.__subclasses__() for schema in (each, *schemas(each))]
    return [each for each in below if each.__name__ != "OperationHeadSchema" and hasattr(each, "model")]


LOADERS = [getattr(wire, name) for name in dir(wire)]  # which loads every module
NOUNS = {schema.model: schema for schema in schemas() if getattr(model, schema.model.__name__, None) is schema.model}


def test_every_noun_has_a_schema() -> None:
    values = {each for name in dir(model) if hasattr(each := getattr(model, name), "__dataclass_fields__")}
    ours = {model.CancelRequest, model.CatletChange, model.Difference}  # no reply has them
    assert values - NOUNS.keys() == {model.UnknownResult, *ours}
    assert wire.load_version({"latest_version": {"major": 1, "minor": 2}}) == model.ApiVersion(1, 2)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_loading_what_was_dumped_gives_the_same(noun: type, data: st.DataObject) -> None:
    value = data.draw(built(noun))
    schema = NOUNS[noun]()
    assert schema.load(json.loads(json.dumps(schema.dump(value)))) == value


@quick
@given(st.integers(0, 4 * 10**16), st.integers(0, 7), st.sampled_from(("Z", "+00:00", "-00:00")))
def test_every_number_of_digits_is_read(moment: int, digits: int, zone: str) -> None:
    cut = moment - moment % 10 ** (7 - digits)
    text = format_ticks(cut).removesuffix("Z")
    head, _, fraction = text.partition(".")
    shown = f"{head}.{fraction[:digits]}{zone}" if digits else head + zone
    assert parse_ticks(shown) == cut
    assert parse_ticks(format_ticks(moment)) == moment
    assert from_ticks(moment).utcoffset() is not None


USUAL = st.integers(0, 4 * 10**16).map(lambda ticks: format_ticks(ticks).replace("Z", "+00:00"))


def meaning(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        return None


@settings(max_examples=examples(200, 40_000), deadline=None)
@given(USUAL, st.integers(0, 32), st.integers(0, 32), st.sampled_from("0123456789TtZz+-:. _W²٣"))
def test_the_usual_form_of_a_time_is_read_as_any_other(text: str, one: int, two: int, odd: str) -> None:
    """Two characters are replaced. Times that end in Z are read one by one."""
    for at in (one, two):
        text = text[:at] + odd + text[at + 1 :]
    expected = meaning(parse_ticks, text)
    if text.endswith("+00:00"):
        assert expected == meaning(parse_ticks, text.removesuffix("+00:00") + "Z")
    assert meaning(parse_time, text) == (None if expected is None else from_ticks(expected))


MEMBERS = ("tasks", "log_entries", "resources", "projects")


def shuffled(operation: Operation, chance: random.Random) -> dict[str, Any]:
    """A reply with ``operation``. The server's order in a reply means nothing."""
    reply: dict[str, Any] = json.loads(json.dumps(dump_operation(operation)))
    for member in MEMBERS:
        chance.shuffle(reply[member])
    return reply


def written(reply: object) -> bytes:
    return json.dumps(reply).encode()


def unordered(snapshot: Operation) -> list[object]:
    members = [getattr(snapshot, name) for name in snapshot.__dataclass_fields__]
    return [{*each} if isinstance(each, tuple) else each for each in members]


def plain(events: tuple[Event, ...]) -> list[str]:
    return sorted(str(event.to_dict()) for event in events)


@quick
@given(histories(), st.integers(0, 1000), st.floats(0.0, 0.5))
def test_what_the_loader_remembers_changes_nothing(history: History, seed: int, broken: float) -> None:
    """Replies come in any order, some twice, and malformed ones between them."""
    loader, chance = SnapshotLoader(), random.Random(seed)
    by_loader = afresh = NOTHING_KNOWN
    for _, state in history.commits:
        for _ in range(chance.choice((1, 1, 2))):
            if chance.random() < broken:
                reply = shuffled(state, chance)
                reply[chance.choice(MEMBERS)].append({"id": 7})
                with pytest.raises(WireError):
                    loader.load(written(reply))
            reply = shuffled(state, chance)
            snapshot = loader.load(written(reply))
            assert unordered(snapshot) == unordered(load_operation(reply))
            by_loader, events = observe(by_loader, snapshot)
            afresh, expected = observe(afresh, load_operation(reply))
            assert plain(events) == plain(expected)
            assert [event.type for event in events] == [event.type for event in expected]


@quick
@given(histories(), st.integers(0, 1000))
def test_the_same_items_in_another_order_are_the_same_objects(history: History, seed: int) -> None:
    loader, chance = SnapshotLoader(), random.Random(seed)
    first = loader.load(written(shuffled(history.last, chance)))
    reply = shuffled(history.last, chance)
    second = loader.load(written(reply))
    assert second == first
    for member in MEMBERS:
        assert getattr(second, member) is getattr(first, member)
    assert loader.load(written(reply)) is second
