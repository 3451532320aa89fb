"""What members of a configuration demand of each other. Each function yields the problems of one part.

The parts may be anything: what is wrong with a single member is found elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .names import with_tag

Part = Mapping[str, object]
TYPES = ("string", "boolean", "number")
"""The types of variables. The server accepts their places here as numbers, and others until there is a value."""

VALUES = {"number": r"-?\d{1,9}(\.\d{0,3})?\n?", "boolean": r"(true|false)\n?"}
"""What a value must be. The server overlooks a line break at the end, as YAML makes with ``|``."""

KINDS = {"number": "a number with up to 9 digits, and 3 after the decimal point", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at ``path`` below the part; ``at`` is the path of the line to look at, if that is another one."""

    path: str
    reason: str
    at: str = ""


def is_given(value: object) -> bool:
    """False for None and for a blank string, which are the same as absent."""
    return bool(value.strip()) if isinstance(value, str) else value is not None


def memory(part: Part) -> Iterator[Problem]:
    """minimum <= startup <= maximum, as far as they are given."""
    minimum, startup, maximum = (_number(part.get(name)) for name in ("minimum", "startup", "maximum"))
    if startup is not None and maximum is not None and maximum < startup:
        yield Problem(".maximum", "it is less than startup")
    if startup is not None and minimum is not None and minimum > startup:
        yield Problem(".minimum", "it is more than startup")
    if maximum is not None and minimum is not None and minimum > maximum:
        yield Problem(".minimum", "it is more than maximum")


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def drive(part: Part) -> Iterator[Problem]:
    """A drive from a gene is a plain disk."""
    source, kind = part.get("source"), part.get("type")
    if isinstance(source, str) and source.startswith("gene:") and isinstance(kind, str) and kind.casefold() != "vhd":
        yield Problem(".source", "a drive from a gene must have the type vhd")


def value_problem(value: str, kind: object) -> str | None:
    """Why a value does not fit the type of its variable."""
    declared = _declared(kind)
    if declared is None:
        return f"its type {kind} is none of {', '.join(TYPES)}" if value.strip() else None
    if declared not in VALUES or not value.strip() or re.fullmatch(VALUES[declared], value):
        return None
    return f"expected {KINDS[declared]}, because it is declared as {declared}"


def _declared(kind: object) -> str | None:
    """The type of a variable, ``string`` if it has none that can be; None for a number without a type."""
    if isinstance(kind, int) and not isinstance(kind, bool):
        return TYPES[kind] if kind in range(len(TYPES)) else None
    return kind.casefold() if isinstance(kind, str) else TYPES[0]


def variable(part: Part) -> Iterator[Problem]:
    """The value of a variable fits its type."""
    value = part.get("value")
    problem = value_problem(value, part.get("type")) if isinstance(value, str) else None
    if problem is not None:
        yield Problem(".value", problem)


def fodder(part: Part) -> Iterator[Problem]:
    """Fodder has content, or refers to a gene, or removes what the parent has."""
    is_removed, is_reference = part.get("remove") is True, is_given(part.get("source"))
    if not is_given(part.get("name")) and not is_reference:
        yield Problem("", "it needs a name or a source")
    if not (is_removed or is_reference or is_given(part.get("content"))):
        yield Problem("", "it needs content or a source, unless it is removed")
    for member in ("type", "content", "filename", "secret"):
        if is_given(part.get(member)) and (is_removed or is_reference):
            problem = "is removed" if is_removed else "comes from a gene"
            yield Problem(f".{member}", f"it cannot be given for fodder that {problem}")
    variables = part.get("variables")
    if not isinstance(variables, list):
        return
    if variables and is_removed:
        yield Problem(".variables", "they cannot be given for fodder that is removed")
    for index, item in enumerate(variables if is_reference else ()):
        for member in ("required", "type"):
            if isinstance(item, Mapping) and item.get(member) is not None:
                yield Problem(
                    f".variables[{index}]",
                    f"{member} cannot be given for a variable of fodder that comes from a gene",
                    f".variables[{index}].{member}",
                )


def specification(part: Part) -> Iterator[Problem]:
    """A specification is the configuration of a new catlet in a project that is given elsewhere."""
    kind = part.get("config_type")
    if is_given(part.get("project")):
        yield Problem(".project", "a specification has no project of its own; remove it")
    if isinstance(kind, str) and kind.casefold() != "configuration":
        yield Problem(".config_type", "a specification must be of the type configuration")


def names(items: Sequence[object]) -> Iterator[Problem]:
    """No two entries have the same name, in any letter case."""
    yield from _duplicates([_folded(item, "name") for item in items])


def fodders(items: Sequence[object]) -> Iterator[Problem]:
    """No two have the same name and gene, and no gene set is used with two tags."""
    keys: list[object] = []
    tags: dict[str, tuple[str, int]] = {}
    for index, item in enumerate(items):
        name, source = _folded(item, "name"), with_tag(_folded(item, "source"))
        gene_set, _, gene = source.rpartition(":")
        untagged, _, tag = gene_set.rpartition("/")
        first, place = tags.setdefault(untagged, (tag, index))
        if first != tag:
            yield Problem("", f"[{index}] has another tag of the gene set than [{place}]", f"[{index}].source")
        if gene == "catlet":  # which eryph adds to the fodder of a parent
            source = ""
            if not name:
                yield Problem("", f"[{index}] comes from the gene of a catlet, so it needs a name", f"[{index}]")
        keys.append((name, source))
    yield from _duplicates(keys)


def _folded(item: object, member: str) -> str:
    value = item.get(member) if isinstance(item, Mapping) else None
    return value.casefold() if isinstance(value, str) and is_given(value) else ""


def _duplicates(keys: Sequence[object]) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for index, key in enumerate(keys):
        if first.setdefault(key, index) != index:
            yield Problem("", f"[{index}] has the same name as [{first[key]}]", f"[{index}]")
