"""Printing objects in the format that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ...model.plain import to_plain
from ...model.text import escaped, one_line
from ..options import Format
from .machines import json_text, yaml_text
from .nouns import As, Document, Noun
from .people import folded, is_time, label, local, shown
from .table import table, terminal_width

if TYPE_CHECKING:
    from ...model import ValidationResult


def print_list(values: Iterable[object], noun: Noun, format: Format, *, empty: str = "") -> None:
    """Print objects: a table, a list in JSON or YAML, or their ids. ``empty`` is for people, when there is none."""
    documents = noun.documents(values)
    if format is Format.TABLE:
        lines = (
            table(documents, noun.columns, terminal_width()) if documents else iter([empty or f"No {noun.name}s."])
        )
        _print(lines)
    elif format is Format.ID:
        _print(one_line(str(each.get(noun.key))) for each in documents)
    else:
        print_document(documents, format)


def print_object(
    values: Sequence[object], noun: Noun, format: Format, details: Callable[[Document], Iterable[str]] | None = None
) -> None:
    """Print one object, or several one after another; ``details`` are the lines for people."""
    documents = [noun.document(each) for each in values]
    if format is Format.ID:
        _print(one_line(str(each.get(noun.key))) for each in documents)
        return
    if format is not Format.TABLE:
        print_document(documents[0] if len(documents) == 1 else documents, format)
        return
    kinds = {each.path: each.kind for each in noun.columns}
    for index, document in enumerate(documents):
        lines = lines_of(document, kinds=kinds) if details is None else details(document)
        _print(folded([*([""] if index else []), *lines], terminal_width()))


def print_document(document: object, format: Format) -> None:
    """Print plain data, as YAML also for people."""
    print(json_text(document) if format is Format.JSON else yaml_text(document), flush=True)


def lines_of(
    document: Mapping[str, object], indent: str = "", kinds: Mapping[str, As] | None = None
) -> Iterator[str]:
    """The members of a document, one in each line; lists of objects are indented below their name.

    ``kinds`` says how members are shown that are no text: a size has a unit.
    """
    sizes = {name for name, kind in (kinds or {}).items() if kind is As.BYTES}
    shown_members = [name for name, value in document.items() if value not in ([], {})]
    names = {name: label(name.removesuffix("_bytes") if name in sizes else name) for name in shown_members}
    wide = max((len(name) for name in names.values()), default=0)
    for member, name in names.items():
        value = document[member]
        if isinstance(value, Mapping) and set(value) >= {"id", "name"}:
            value = value["name"]
        if isinstance(value, Mapping):
            yield f"{indent}{name}"
            yield from lines_of(value, indent + "  ")
        elif isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
            yield f"{indent}{name}"
            for each in value:
                first, *rest = lines_of(each, "")
                yield f"{indent}  - {first}"
                yield from (f"{indent}    {line}" for line in rest)
        elif isinstance(value, str) and "\n" in value:
            yield f"{indent}{name}"
            yield from (f"{indent}  {escaped(line)}" for line in value.splitlines())
        else:
            kind = As.BYTES if member in sizes else As.TEXT
            yield f"{indent}{name:<{wide}}  {local(str(value)) if is_time(value) else shown(value, kind)}"


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def print_verdict(verdict: ValidationResult, noun: Noun, format: Format) -> None:
    """Print whether a configuration is valid, and why not."""
    if format in (Format.JSON, Format.YAML):
        print_document(to_plain(verdict), format)
    elif not verdict.is_valid:
        print_list(verdict.errors, noun, format)
    elif format is Format.TABLE:
        print("The configuration is valid.", flush=True)
