"""A law of building models directly: it never differs from what marshmallow does. See ``long_runs``."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from rxeryph import wire
from rxeryph.wire._direct import direct, loaded
from rxeryph.wire._schema import NounSchema
from rxeryph.wire.error import ErrorSchema
from tests.property.long_runs import examples
from tests.property.values import built

DEEP: Any = []
for _ in range(500):
    DEEP = [DEEP]
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 10**40, 10**4000, 0.0, 1.0, 1.5, float("nan"), float("inf"), -float("inf")),
    *("", "7", "true", "1.5", "None", "\ud800", "ünï", "x" * 5000, "running", "RUNNING", "Novel"),
    *([], [None], ["a", None], ["a", 7], [{}], [[]], {}, {"id": 7}, {"result_type": "Novel", "x": [1]}, DEEP),
    *({"result_type": "SshChannel"}, {"result_type": "SshChannel", "token": "t", "expires_at": "soon"}),
    *("2026-06-26T10:15:30.1234567+00:00", "2026-06-26t10:15:30z", "2026-06-26 10:15:30.1234567+00:00"),
    *("2026-06-26T24:00:00.0000000+00:00", "2026-06-31T10:15:30Z", "2026-W26-5T10:15:30.12345678+00:00"),
    *("2026-06-26T10:15:30.٣234567+00:00", "2026-06-26T10:15:30.²234567+00:00", "0000-01-01T00:00:00.0000000+00:00"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00", "2026-06-26T10:15:30", 1782468930),
)


def below(base: type[NounSchema]) -> Iterator[type[NounSchema]]:
    for schema in base.__subclasses__():
        yield schema
        yield from below(schema)


for module in iter_modules(wire.__path__):
    import_module(f"{wire.__name__}.{module.name}")
SCHEMAS = [*below(NounSchema)]
PLAIN = {each.__name__: each() for each in SCHEMAS if hasattr(each, "model") and each().is_plain}


def test_all_schemas_but_those_of_errors_are_loaded_directly() -> None:
    assert len(PLAIN) > 50
    others = {each for each in SCHEMAS if each.__name__ not in PLAIN and not issubclass(each, ErrorSchema)}
    assert {each.__name__ for each in others} == {"VersionReplySchema"}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each member and each item, as what holds it and its name or number. A free place in each object is one too."""
    if isinstance(value, dict):
        yield value, "novel"
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def damage(document: Any, chance: random.Random) -> Any:
    """``document`` with another value in one place, or without it."""
    value = copy.deepcopy(chance.choice(ODD))
    found = [*places(document)]
    if not found or chance.random() < 0.02:
        return value
    holder, key = chance.choice(found)
    if chance.random() < 0.9:
        holder[key] = value
    elif key != "novel":
        del holder[key]
    return document


def exact(value: Any) -> Any:
    """``value`` in a form that is equal only for the same types all through."""
    if is_dataclass(value):
        return type(value), [exact(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, list | tuple):
        return type(value), [*map(exact, value)]
    if isinstance(value, dict):
        return type(value), [(exact(name), exact(item)) for name, item in value.items()]
    return type(value), value if isinstance(value, int) else repr(value)


def outcome(load: Callable[[Any], object], document: Any) -> Any:
    try:
        return exact(load(document))
    except ValidationError as error:
        return error.messages


def by_marshmallow(schema: NounSchema, document: Any) -> Any:
    with patch("rxeryph.wire.results.loaded", lambda schema, data: schema.load(data)):
        return outcome(schema.load, document)


@pytest.mark.parametrize("name", ["OperationSchema", "any"])
@settings(max_examples=examples(60, 1_000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.integers(0, 2**40))
def test_what_is_built_directly_is_what_marshmallow_builds(name: str, data: st.DataObject, seed: int) -> None:
    """A document is taken as it is, and damaged in twenty ways."""
    schema = PLAIN[data.draw(st.sampled_from([*PLAIN])) if name == "any" else name]
    document = schema.dump(data.draw(built(schema.model)))
    assert outcome(direct(schema), document) == by_marshmallow(schema, document)
    chance = random.Random(seed)
    for _ in range(20):
        damaged = copy.deepcopy(document)
        for _ in range(chance.randrange(1, 4)):
            damaged = damage(damaged, chance)
        before = repr(damaged)
        expected = by_marshmallow(schema, damaged)
        assert outcome(lambda each: loaded(schema, each), damaged) == expected
        assert repr(damaged) == before
