"""Configurations held against the rules. What is found names the path, and never shows the value of a variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..arguments import described, did_you_mean
from .kinds import Boolean, Choice, List, Object, Rule, String, Whole
from .relations import Problem, is_given

Unknown = Literal["refuse", "allow"]
"""What happens to members that the rules do not know: a server that is newer than this library may know them."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: where, how, what to do about it, and the path of the line to look at."""

    path: str
    reason: str
    advice: str = ""
    at: str = ""


def violations(value: object, rule: Rule, path: str, *, unknown: Unknown = "refuse") -> tuple[Violation, ...]:
    """All that is wrong with ``value``, which is plain JSON data."""
    return tuple(_Checker(frozenset(_secrets(value)), unknown == "allow").check(value, rule, path))


def _secrets(value: object) -> Iterator[str]:
    """The values of all variables that are secret."""
    if isinstance(value, Mapping):
        secret = value.get("value")
        if isinstance(secret, str) and secret and value.get("secret"):
            yield secret
    children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for child in children:
        yield from _secrets(child)


@dataclass(frozen=True, slots=True)
class _Checker:
    secrets: frozenset[str]
    allows_unknown: bool

    def check(self, value: object, rule: Rule, path: str) -> Iterator[Violation]:
        """What is wrong with ``value``. None is the same as absent."""
        match rule:
            case _ if value is None:
                pass
            case Object() if isinstance(value, Mapping):
                yield from self._object(value, rule, path)
            case List() if isinstance(value, list):
                yield from self._list(value, rule, path)
            case String() if isinstance(value, str):
                if rule.problems is not None and is_given(value):
                    for problem in rule.problems(value):
                        yield Violation(path, f"{self._shown(value)} {problem}")
            case Whole() if isinstance(value, int) and not isinstance(value, bool):
                yield from self._whole(value, rule, path)
            case Boolean() if isinstance(value, bool):
                pass
            case Choice() if isinstance(value, str):
                if not _is_among(value, rule):
                    yield Violation(
                        path, f"{self._shown(value)} is not allowed here", did_you_mean(value, rule.values)
                    )
            case Choice(is_exact=False) if isinstance(value, int) and not isinstance(value, bool):
                pass
            case _:
                yield Violation(path, f"expected {_kind_of_rule(rule)}, got {_kind(value)}", _advice(value, rule))

    def _object(self, value: Mapping[str, object], rule: Object, path: str) -> Iterator[Violation]:
        for name, item in value.items():
            if name in rule.members:
                yield from self.check(item, rule.members[name], f"{path}.{name}")
            elif not self.allows_unknown:
                yield Violation(f"{path}.{name}", "there is no such member", did_you_mean(name, rule.members))
        for name, member in rule.members.items():
            if isinstance(member, String) and member.is_required and not is_given(value.get(name)):
                yield Violation(f"{path}.{name}", "the member is required", at=path)
        if rule.relation is not None:
            yield from _found(rule.relation(value), path)

    def _list(self, value: Sequence[object], rule: List, path: str) -> Iterator[Violation]:
        if rule.most is not None and len(value) > rule.most:
            yield Violation(path, f"there are {len(value)} entries, but at most {rule.most} are allowed")
        is_valid = True
        for index, item in enumerate(value):
            if item is None and isinstance(rule.entry, Object):
                is_valid = False
                yield Violation(f"{path}[{index}]", "the entry is empty")
            for each in self.check(item, rule.entry, f"{path}[{index}]"):
                is_valid = False
                yield each
        if is_valid and rule.relation is not None:
            yield from _found(rule.relation(value), path)

    def _whole(self, value: int, rule: Whole, path: str) -> Iterator[Violation]:
        unit = f" {rule.unit}" if rule.unit else ""
        if not rule.least <= value <= rule.most:
            yield Violation(path, f"{self._shown(value)} must be from {rule.least} to {rule.most}{unit}")
        if value % rule.multiple_of:
            yield Violation(path, f"{self._shown(value)} must be a multiple of {rule.multiple_of}{unit}")

    def _shown(self, value: str | int) -> str:
        """``value`` as an error may show it: not if it contains a secret."""
        return "it" if any(secret in str(value) for secret in self.secrets) else described(value)


def _found(problems: Iterator[Problem], path: str) -> Iterator[Violation]:
    for each in problems:
        yield Violation(path + each.path, each.reason, at=path + (each.at or each.path))


def _is_among(value: str, rule: Choice) -> bool:
    if rule.is_exact:
        return value in rule.values or not value.strip()
    folded = value.casefold()
    return any(folded in (each, each.replace("_", "")) for each in rule.values)


def _kind_of_rule(rule: Rule) -> str:
    match rule:
        case Object(short=short) if short:
            return f"a mapping, or {_kind_of_rule(rule.members[short])} for {short}"
        case Object():
            return "a mapping"
        case List():
            return "a list"
        case Whole():
            return "a whole number"
        case Boolean():
            return "true or false"
        case _:
            return "a string"


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return "a number"
        case float():
            return "a number with a decimal point"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _advice(value: object, rule: Rule) -> str:
    if isinstance(value, str) and isinstance(rule, Whole):
        return f"Write the number{rule.unit and f' of {rule.unit}'} without {'a unit or ' * bool(rule.unit)}quotes."
    if isinstance(value, str) and isinstance(rule, Boolean):
        return "Write true or false without quotes."
    if isinstance(value, str) and isinstance(rule, Object) and "name" in rule.members:
        return "If it is the name, write it as name: ... in the entry."
    if isinstance(value, int | float) and isinstance(rule, String | Choice):
        return "Put it in quotes."
    if isinstance(value, Mapping) and isinstance(rule, List):
        return "Begin the entry with a hyphen in YAML, or put it in [] in JSON."
    return ""
