"""A value is a value: all dataclasses that users see, and all errors, copy, pickle, compare and print in one line."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rxeryph
from rxeryph.errors import RxEryphError
from rxeryph.model import OpenEnum, Operation, Task
from rxeryph.model.value import LONGEST_REPR
from rxeryph.tracking import Settling, TaskNode
from tests.unit.samples import ERRORS

ROOMS = ("model", "errors", "events", "outcome", "tracking", "wire")
texts = st.sampled_from(
    ("", "short", "x" * 300, "several\r\n lines\n" * 30, "\x1b[31mred\x07 \u202e\u2028\ud800'", "ä\t" * 99)
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    object: st.none() | texts,
    bool: st.booleans(),
    int: st.integers(0, 10**17),
    float: st.floats(0, 1e9),
    NoneType: st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    RxEryphError: st.sampled_from(ERRORS),
}


def public_classes() -> list[Any]:
    """The dataclasses and errors in the rooms of values."""
    names = [f"rxeryph.{room}" for room in ROOMS]
    names += [
        module.name
        for module in pkgutil.walk_packages(rxeryph.__path__, "rxeryph.")
        if module.name.startswith(tuple(f"{name}." for name in names))
    ]
    found = {
        each
        for name in names
        for each in vars(import_module(name)).values()
        if inspect.isclass(each) and each.__module__ == name and not each.__name__.startswith("_")
    }
    values = [each for each in found if dataclasses.is_dataclass(each) or issubclass(each, RxEryphError)]
    return sorted(values, key=lambda each: each.__name__)


CLASSES = public_classes()


SPECIAL: dict[Any, st.SearchStrategy[Any]] = {
    Settling: st.just(Settling()),  # does not take any numbers
    TaskNode: st.from_type(Task).map(TaskNode),  # else a tree without an end
}


@cache
def built(cls: Any) -> st.SearchStrategy[Any]:
    """Instances with anything that fits the annotations."""
    make: Callable[..., Any] = cls
    if cls in SPECIAL:
        return SPECIAL[cls]
    if dataclasses.is_dataclass(cls):
        hints, names = get_type_hints(cls), [field.name for field in dataclasses.fields(cls)]
    else:
        hints, names = get_type_hints(cls.__init__), [*inspect.signature(cls).parameters]
    return st.builds(make, **{name: fitting(hints[name]) for name in names})


def fitting(hint: Any) -> st.SearchStrategy[Any]:
    if hint in PLAIN:
        return PLAIN[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*map(fitting, args))
    if origin is Mapping:
        return st.dictionaries(fitting(args[0]), fitting(args[1]), max_size=2)
    if origin is frozenset:
        return st.frozensets(fitting(args[0]), max_size=2)
    if origin is Sequence or (origin is tuple and args[1:] == (...,)):
        return st.lists(fitting(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(fitting, args))
    if issubclass(hint, OpenEnum):
        return st.sampled_from([*hint]) | texts.map(hint)
    return built(hint)


def test_no_value_is_forgotten() -> None:
    names = {cls.__name__ for cls in CLASSES}
    assert names >= {"Operation", "Catlet", "UnknownResult", "LogEntryAdded", "Dropped", "Failure", "Report", "Known"}
    assert names >= {"OperationResult", "FetchedResource", "Progress", "TaskNode", "AmbiguousNameError"}
    assert len(names) > 80


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_value_copies_pickles_and_prints_in_one_short_line(cls: Any, data: st.DataObject) -> None:
    value = data.draw(built(cls))
    line = repr(value)
    assert line.startswith(f"{cls.__name__}(")
    assert line.isprintable()
    assert len(line) <= LONGEST_REPR
    assert cls is Operation or "Operation(" not in line
    copies = [copy.copy(value), copy.deepcopy(value)]
    copies += [pickle.loads(pickle.dumps(value, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    for again in copies:
        assert type(again) is cls
        assert again == value
        assert repr(again) == line
    if dataclasses.is_dataclass(cls):
        assert {*dataclasses.asdict(value)} == {field.name for field in dataclasses.fields(cls)}
