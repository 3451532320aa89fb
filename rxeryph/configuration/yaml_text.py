"""YAML as JSON data. Values that YAML would read otherwise than written are errors with the line. Needs PyYAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml
from yaml.composer import ComposerError
from yaml.constructor import SafeConstructor

from ..errors import InvalidRequestError
from .refusal import invalid
from .rules import STRINGS

DEEPEST = 100
MOST = 100_000
"""Levels, and values; those of an alias count wherever it is used."""

_TAG = "tag:yaml.org,2002:"
_MISREAD = re.compile(r"[-+]?0[0-9_]+|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
"""Octal and base-60 numbers, which are hardly ever intended."""

_FODDER = re.compile(r"\.fodder\[\d+\]\Z")


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a document, the line of each member by its path, and the paths of fodder in braces or brackets."""

    value: object
    lines: Mapping[str, int]
    flowing: frozenset[str]


def read_yaml(text: str, place: str, root: str) -> Read:
    """The only document in ``text`` as plain data.

    Raises InvalidRequestError with the path below ``root``.
    """
    try:
        documents = list(yaml.compose_all(text, _Loader))
    except yaml.MarkedYAMLError as error:
        problem = error.problem or error.context or "not YAML"
        mark = error.problem_mark or error.context_mark
        where = "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"
        raise invalid(root, f"{place}{where}: {problem}. Correct the YAML there.") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise invalid(root, f"{place}, line {line}: a character that YAML does not allow. Remove it.") from None
    except RecursionError:
        raise invalid(root, f"{place} is nested more than {DEEPEST} levels deep.") from None
    if len(documents) > 1:
        line = documents[1].start_mark.line + 1
        raise invalid(root, f"{place} has a second document at line {line}; send them separately.")
    document = _Document(text, place, root)
    value = document.value(documents[0], root, 0) if documents else None
    return Read(value, document.lines, frozenset(document.flowing))


class _Loader(yaml.SafeLoader):
    """Composes nodes, and stops at the limits: PyYAML is slow, and recursive."""

    depth = count = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        self.count += 1
        problem = None
        if self.depth > DEEPEST + 1:
            problem = f"it is nested more than {DEEPEST} levels deep"
        elif self.count > MOST:
            problem = f"it has more than {MOST} values"
        if problem is not None:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise ComposerError(problem=problem, problem_mark=mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Document:
    """One document, converted node by node, so that every error has its path and line."""

    def __init__(self, text: str, place: str, root: str) -> None:
        self._text = text
        self._place = place
        self._root = root
        self.lines: dict[str, int] = {}
        self.flowing: set[str] = set()
        self._constructor = SafeConstructor()
        self._count = 0

    def value(self, node: yaml.Node, path: str, depth: int) -> object:
        self._count += 1
        if self._count > MOST:
            raise self._error(node, self._root, f"it has more than {MOST} values, counting aliases")
        if depth > DEEPEST:
            raise self._error(node, self._root, f"it is nested more than {DEEPEST} levels deep, or contains itself")
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, path, depth + 1)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self._entry(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        raise self._error(node, path, f"{_kind(node)} has no JSON form")

    def _entry(self, node: yaml.Node, path: str, depth: int) -> object:
        self.lines[path] = node.start_mark.line + 1
        return self.value(node, path, depth)

    def _mapping(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, object]:
        own: dict[str, object] = {}
        merged: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge":
                if merged:
                    raise self._error(key_node, f"{path}.<<", "duplicate key")
                merged = self._merged(value_node, path, depth)
                continue
            key = self._key(key_node, path)
            member = f"{path}.{key}"
            if key in own:
                raise self._error(key_node, member, "duplicate key")
            lines[member] = key_node.start_mark.line + 1
            if isinstance(value_node, yaml.ScalarNode):
                own[key] = self._scalar(value_node, member, is_string=key in STRINGS)
            elif key == "content" and _FODDER.search(path):
                own[key] = self._source(value_node)
                if value_node.flow_style:
                    self.flowing.add(member)
            else:
                own[key] = self.value(value_node, member, depth)
        self.lines.update(lines)  # last, because what is merged may have the same members elsewhere
        return {**merged, **own}

    def _merged(self, node: yaml.Node, path: str, depth: int) -> dict[str, object]:
        """The members that ``<<`` merges: those of one mapping, or of several, where the first one wins."""
        members: dict[str, object] = {}
        for each in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(each, yaml.MappingNode):
                raise self._error(each, path, "only mappings can be merged by <<")
            found = self.value(each, path, depth)
            assert isinstance(found, dict)
            members = {**found, **members}
        return members

    def _key(self, node: yaml.Node, path: str) -> str:
        if isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "str":
            return str(node.value)
        shown = node.value if isinstance(node, yaml.ScalarNode) else "this"
        raise self._error(node, path, f"the member name {shown!r} is read as {_kind(node)}; put it in quotes")

    def _scalar(self, node: yaml.ScalarNode, path: str, *, is_string: bool = False) -> object:
        kind, text = node.tag.removeprefix(_TAG), str(node.value)
        is_plain = node.style is None
        if kind in ("str", "value") or (is_plain and is_string and kind in ("int", "float", "bool", "timestamp")):
            return text
        if kind == "null":
            return None
        if kind not in ("int", "float", "bool"):
            raise self._error(node, path, f"it is read as {_kind(node)}, which has no JSON form; put it in quotes")
        if is_plain and _MISREAD.fullmatch(text):
            raise self._error(
                node, path, f"YAML does not read {text} as it looks; put it in quotes, or write a decimal number"
            )
        try:
            return self._constructor.construct_object(node)
        except (ValueError, LookupError, ArithmeticError, yaml.YAMLError):  # PyYAML lets Python's errors through
            raise self._error(node, path, f"it is not {_kind(node)}") from None

    def _source(self, node: yaml.Node) -> str:
        """A part of the document exactly as written, for fodder, which the guest reads as YAML."""
        column = node.start_mark.column
        lines = (" " * column + self._text[node.start_mark.index : node.end_mark.index]).splitlines()
        return "\n".join(line[min(column, len(line) - len(line.lstrip())) :] for line in lines).rstrip() + "\n"

    def _error(self, node: yaml.Node, path: str, reason: str) -> InvalidRequestError:
        return invalid(path, f"{reason} ({self._place}, line {node.start_mark.line + 1}).")


def _kind(node: yaml.Node) -> str:
    names = {
        "bool": "a boolean",
        "int": "a number",
        "float": "a number",
        "null": "null",
        "timestamp": "a date",
    }
    kind = node.tag.removeprefix(_TAG)
    return names.get(kind, f"a {kind}")
