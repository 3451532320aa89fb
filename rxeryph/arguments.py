"""Checks of arguments, made at the call. ``need`` is a sentence that says what is expected, without its end."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

LONGEST = 100
"""Characters of a value that an error shows."""


def check_number(
    value: object,
    need: str,
    *,
    least: float | None = None,
    above: float | None = None,
    is_whole: bool = False,
    is_finite: bool = True,
) -> None:
    """Raise TypeError unless ``value`` is a number, and ValueError if it is out of range."""
    if isinstance(value, bool) or not isinstance(value, Integral if is_whole else Real):
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        raise TypeError(f"{need}, not {described(value) if is_number else _kind(value)}")
    number: Any = value
    is_in_range = (least is None or number >= least) and (above is None or number > above)
    if not is_in_range or (is_finite and number == math.inf):  # this way round, because of NaN
        raise ValueError(f"{need}, not {described(value)}")


def check_function(value: object, need: str) -> None:
    """Raise TypeError unless ``value`` can be called."""
    if not callable(value):
        raise TypeError(f"{need}, not {_kind(value)}")


def check_observer(value: object, need: str) -> None:
    """Raise TypeError unless ``value`` has the three methods of an observer."""
    if isinstance(value, type) or not is_observer(value):
        raise TypeError(f"{need}, not {_kind(value)}")


def check_subscriber(*functions: object) -> None:
    """Raise TypeError unless these are what ``subscribe`` takes: an observer, or up to three functions."""
    need = "subscribe() needs functions, or an observer such as EventHandlers()"
    if isinstance(functions[0], type) and is_observer(functions[0]):
        raise TypeError(f"{need}, not {_kind(functions[0])}")
    if is_observer(functions[0]):
        return
    for each in functions:
        if each is not None:
            check_function(each, need)


def is_observer(value: object) -> bool:
    """True for what has the three methods of an observer."""
    return all(callable(getattr(value, name, None)) for name in ("on_next", "on_error", "on_completed"))


def described(value: object) -> str:
    """``value`` as an error may show it: not if it is long or has lines, for it may be a key in the wrong place."""
    if isinstance(value, str):
        is_short = len(value) <= LONGEST and "\n" not in value
        return repr(value) if is_short else f"a string of {len(value)} characters"
    if isinstance(value, int) and value.bit_length() > LONGEST:
        return "a number that large"
    return repr(value)[:LONGEST]


def did_you_mean(value: str, names: Iterable[str]) -> str:
    """What to say about a name that does not exist: the closest one, or all that do."""
    import difflib

    by_key = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(value.casefold(), by_key, n=1)
    if close:
        return f"Did you mean {by_key[close[0]]!r}?"
    known = [*by_key.values()]
    return f"There are {', '.join(known)}." if len(known) > 1 else f"There is only {', '.join(known)}."


def _kind(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
