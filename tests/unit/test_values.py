"""A value is a value: all dataclasses that users see, and all errors, copy, pickle, compare and print in one line."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import pkgutil
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rxeryph
from rxeryph.errors import RxEryphError
from rxeryph.model import Operation
from rxeryph.model.value import LONGEST_REPR
from tests.property.values import built

ROOMS = tuple(f"rxeryph.{room}" for room in ("model", "errors", "events", "outcome", "tracking", "wire"))
NAMES = [each.name for each in pkgutil.walk_packages(rxeryph.__path__, "rxeryph.") if each.name.startswith(ROOMS)]
CLASSES: list[Any] = [
    cls
    for name in NAMES
    for cls in vars(import_module(name)).values()
    if inspect.isclass(cls) and cls.__module__ == name and not cls.__name__.startswith("_")
    if dataclasses.is_dataclass(cls) or issubclass(cls, RxEryphError)
]
"""The public dataclasses and errors in the rooms of values."""


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
    if not issubclass(cls, Exception):
        names = [field.name for field in dataclasses.fields(cls)]
        assert [*dataclasses.asdict(value)] == names
        assert "__slots__" in vars(cls)
        for name in names:
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, name, None)
