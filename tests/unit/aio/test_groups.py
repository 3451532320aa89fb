"""Every call that blocks has a coroutine with the same arguments."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from rxeryph import ComputeClient, Eryph
from rxeryph.aio import Aio
from rxeryph.client.calls import Group
from rxeryph.polling import Batching, Chooser, PollingSettings, threaded_engine
from tests.canned import Canned, groups_of

GROUPS = groups_of(ComputeClient(Canned()))


def public(value: object) -> set[str]:
    return {name for name in dir(value) if not name.startswith("_")}


@pytest.fixture
def aio() -> Aio:
    return Eryph(Canned(), threaded_engine(1), PollingSettings(), Chooser(Batching.NEVER, 1)).aio


def test_every_group_is_there(aio: Aio) -> None:
    assert public(aio) == {*GROUPS, "run", "version", "close"}


@pytest.mark.parametrize("name", GROUPS)
def test_every_call_is_there_with_its_arguments_and_description(aio: Aio, name: str) -> None:
    group: Group = GROUPS[name]
    calls: Any = getattr(aio, name)
    assert public(calls) == {*public(group), "group", "run_call"}
    for each in public(group):
        method, coroutine = getattr(group, each), getattr(calls, each)
        assert inspect.iscoroutinefunction(coroutine)
        assert inspect.signature(coroutine) == inspect.signature(method)
        assert coroutine.__doc__ == method.__doc__ == getattr(type(calls), each).__doc__
    assert repr(calls).startswith(f"aio {type(group).__name__}(")
