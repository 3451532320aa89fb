"""The kinds of values that a configuration has, as the tables of ``rules`` use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .names import Problems
from .relations import Part, Problem


@dataclass(frozen=True, slots=True)
class String:
    """A string. A blank one is the same as an absent one, unless it has no ``problems``."""

    problems: Problems | None = None
    is_required: bool = False
    accepts_scalars: bool = False
    """True if a number or boolean is taken for its spelling."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number; the defaults are the limits of 32 bits."""

    least: int = -(2**31)
    most: int = 2**31 - 1
    multiple_of: int = 1
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Boolean:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several strings. Unless ``is_exact``, letter case and underscores do not matter, and the server accepts
    numbers too."""

    values: tuple[str, ...]
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """Members by their names."""

    members: Mapping[str, Rule]
    short: str = ""
    """The member that a value in place of the object sets, as in ``cpu: 2``."""
    relation: Callable[[Part], Iterator[Problem]] | None = None


@dataclass(frozen=True, slots=True)
class List:
    """Any number of entries, or ``most``."""

    entry: Rule
    most: int | None = None
    relation: Callable[[Sequence[object]], Iterator[Problem]] | None = None


Rule = String | Whole | Boolean | Choice | Object | List
