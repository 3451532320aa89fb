"""Values of any class, with anything that fits its annotations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from rxeryph.errors import RxEryphError
from rxeryph.model import OpenEnum, Task
from rxeryph.tracking import Settling, TaskNode
from tests.unit.samples import ERRORS

strings = st.sampled_from(
    ("", "short", "x" * 300, "several\r\n lines\n" * 30, "\x1b[31mred\x07 \u202e\u2028\ud800'", "ä\t" * 99)
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: strings,
    object: st.none() | strings,
    bytes: st.binary(max_size=4),
    bool: st.booleans(),
    int: st.integers(0, 10**17),
    float: st.floats(0, 1e9),
    NoneType: st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    RxEryphError: st.sampled_from(ERRORS),
}
SPECIAL: dict[Any, st.SearchStrategy[Any]] = {
    Settling: st.just(Settling()),  # does not take any numbers
    TaskNode: st.from_type(Task).map(TaskNode),  # else a tree without an end
}


@cache
def built(cls: Any) -> st.SearchStrategy[Any]:
    """Instances of ``cls``; the type of a result is not varied."""
    if cls in SPECIAL:
        return SPECIAL[cls]
    hints = get_type_hints(cls.__init__)
    members = [*inspect.signature(cls.__init__).parameters.values()][1:]
    varied = [each.name for each in members if each.name != "result_type" or each.default is each.empty]
    return st.builds(cls, **{name: fitting(hints[name]) for name in varied})


def fitting(hint: Any) -> st.SearchStrategy[Any]:
    """Values of the type ``hint``."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*map(fitting, args))
    if origin is Mapping:
        return st.dictionaries(fitting(args[0]), fitting(args[1]), max_size=2)
    if origin is frozenset:
        return st.frozensets(fitting(args[0]), max_size=2)
    if origin in (Iterable, Sequence) or args[1:] == (...,):
        return st.lists(fitting(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(fitting, args))
    if issubclass(hint, OpenEnum):
        make: Callable[[str], OpenEnum] = hint
        return st.sampled_from([*hint]) | strings.map(make)
    return built(hint)
