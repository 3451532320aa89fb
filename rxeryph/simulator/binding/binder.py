"""Binds a request to what an endpoint declares: parts of its path, its query, and the members of its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl

from ..problem import Problem
from .media import lacks_boundary, text_of
from .reader import Unreadable, read
from .shapes import Member, Object

Errors = dict[str, list[str]]
"""Messages by where the framework puts them: JSON paths, or its own names of parameters."""

Query = Mapping[str, Callable[[str], object]]
"""The parameters of a query by name, and what makes a value of their string. That raises ValueError."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a JSON body must be.

    ``parameter`` is the framework's name for it. Only where it is lower case it is all that is bound, and members
    have names without that prefix.
    """

    parameter: str
    members: Mapping[str, Member]
    checks: Mapping[str, Callable[[object], str | None]] = field(default_factory=dict)
    """What is wrong with a member, if anything; ``configuration.name`` is a member of a member."""

    @property
    def prefix(self) -> str:
        return "" if self.parameter.islower() else f"{self.parameter}."


@dataclass(frozen=True, slots=True)
class Bound:
    """The values of a request; members and parameters that are absent or null are left out."""

    query: Mapping[str, object]
    body: Mapping[str, object]


def bind(
    path: Mapping[str, str],
    query: Query,
    query_string: str,
    body: Body | None,
    content_type: str | None,
    content: bytes,
) -> Bound:
    """The values of a request. Raises Problem 415 for another media type, 400 with all that does not fit."""
    blank = [name for name, value in path.items() if not value.strip()]
    errors: Errors = {name: [f"The {name} in the path is empty. Add it."] for name in blank}
    values = _query(query, query_string, errors) if query else {}
    members: Mapping[str, object] = {}
    if body is not None:
        if lacks_boundary(content_type):
            raise Problem(400, errors={"": ["The form cannot be read. Send JSON instead."]})
        members = _members(body, text_of(content_type, content), errors)
    if errors:
        raise Problem(400, errors=errors)
    return Bound(values, members)


def all_values(query_string: str, wanted: str) -> tuple[str, ...]:
    """All values of the parameter ``wanted``, which is in lower case."""
    return tuple(value for name, value in _pairs(query_string) if name == wanted)


@lru_cache(1024)
def _pairs(query_string: str) -> tuple[tuple[str, str], ...]:
    """Each parameter and its value. Names are in lower case."""
    return tuple((name.lower(), value) for name, value in parse_qsl(query_string, keep_blank_values=True))


def _query(query: Query, query_string: str, errors: Errors) -> dict[str, object]:
    given = dict(reversed(_pairs(query_string)))  # the first of each
    found: dict[str, object] = {}
    for name, convert in query.items():
        value = given.get(name.lower(), "")
        if value.strip():
            try:
                found[name] = convert(value)
            except ValueError:
                errors[name] = [f"The value {value!r} of {name} is not valid. Correct it or leave it out."]
    return found


def _members(body: Body, text: str, errors: Errors) -> Mapping[str, object]:
    name = body.parameter
    if not text:
        errors["" if name.islower() else name] = ["The body is empty. Send a JSON object."]
        errors.setdefault(name, [f"The {name} is required."])
        return {}
    try:
        value = read(text, Object(body.members))
    except Unreadable as unreadable:
        errors[unreadable.path] = [unreadable.message]
        errors[name] = [f"The {name} could not be read from the body."]
        return {}
    if not isinstance(value, dict):
        errors["" if name.islower() else name] = ["The body is null. Send a JSON object."]
        errors.setdefault(name, [f"The {name} is required."])
        return {}
    _check_nulls(body.members, value, body.prefix, errors)
    for path, check in body.checks.items():
        parent, _, name = path.rpartition(".")
        holder = value.get(parent) if parent else value
        message = check(holder.get(name)) if isinstance(holder, dict) else None
        if message is not None:
            errors.setdefault(body.prefix + _net_name(path), []).append(message)
    return {name: each for name, each in value.items() if each is not None}


def _check_nulls(members: Mapping[str, Member], value: Mapping[str, object], prefix: str, errors: Errors) -> None:
    for name, member in members.items():
        found = value.get(name)
        if found is None and name in value and not member.is_nullable:
            errors[prefix + _net_name(name)] = [f"The {name} is null. Give it a value."]
        elif isinstance(member.shape, Object) and isinstance(found, dict):
            _check_nulls(member.shape.members, found, f"{prefix}{_net_name(name)}.", errors)


def _net_name(path: str) -> str:
    """The framework's name of a member: ``configuration.content_type`` is ``Configuration.ContentType``."""
    return "".join(word.capitalize() for word in path.replace(".", "_._").split("_"))
