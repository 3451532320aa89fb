"""Reads JSON as a given shape, and names the place where that fails as the server's framework does.

The first failure ends it. Its path leads to the innermost member that was being read: bad syntax behind the last
member of an object is the object's, bad syntax in a value that is skipped is the skipped member's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from .shapes import ListOf, MapOf, Number, Object, Raw, Scalar, Shape, Value

DEEPEST = 32
"""Objects and lists within each other; more are refused."""

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[ \t\r\n,\]}]|$)")
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_LITERAL = re.compile(r"(?:true|false|null)(?=[ \t\r\n,\]}]|$)")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(Exception):
    """The JSON is not what it must be at ``path``."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def read(text: str, shape: Shape) -> object:
    """The value of ``shape`` in ``text``. Raises Unreadable."""
    reader = _Reader(text)
    value = reader.value(shape, "$")
    if reader.next():
        raise reader.syntax_error("$")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def syntax_error(self, path: str) -> Unreadable:
        position = self._text.count("\n", 0, self._at) + 1, self._at - self._text.rfind("\n", 0, self._at)
        return Unreadable(path, "The JSON is not valid at line {}, column {}. Correct its syntax.".format(*position))

    def next(self) -> str:
        """The next character that is not white space, or an empty string at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def value(self, shape: Shape, path: str) -> object:
        start = self.next()
        if isinstance(shape, Raw):
            begin = self._at
            self._skip(path)
            return self._text[begin : self._at]
        if start in ("{", "["):
            if start == "[" and isinstance(shape, ListOf):
                return self._list(shape, path)
            if start == "{" and isinstance(shape, Object):
                return self._object(shape, path)
            if start == "{" and isinstance(shape, MapOf):
                return self._map(shape, path)
            raise _wrong_kind(shape, path)
        scalar = self._scalar(path)
        if not isinstance(shape, Value):
            if scalar is None:
                return None
            raise _wrong_kind(shape, path)
        if isinstance(scalar, str) and _SURROGATE.search(scalar):
            raise Unreadable(path, "The string is not valid UTF-8. Send the body as UTF-8.")
        try:
            return shape.convert(scalar)
        except ValueError:
            raise _wrong_kind(shape, path) from None

    def _list(self, shape: ListOf, path: str) -> list[object]:
        found: list[object] = []
        self._enter(path)
        if self.next() != "]":
            found.append(self.value(shape.item, f"{path}[0]"))
            while not self._is_last("]", f"{path}[{len(found)}]"):
                found.append(self.value(shape.item, f"{path}[{len(found)}]"))
        self._leave()
        return found

    def _map(self, shape: MapOf, path: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for name in self._names(path):
            found[name] = self.value(shape.item, f"{path}.{name}")
        return found

    def _object(self, shape: Object, path: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for typed in self._names(path):
            name = typed if shape.is_strict else typed.lower()
            member = shape.members.get(name)
            place = f"{path}.{typed}"
            if member is not None:
                found[name] = self.value(member.shape, place)
            elif shape.is_strict:
                known = ", ".join(shape.members)
                raise Unreadable(place, f"There is no member {typed!r} here. The members are {known}.")
            else:
                self._skip(place)
        missing = [name for name, member in shape.members.items() if member.is_required and name not in found]
        if missing:
            raise Unreadable(path, f"Members are missing: {', '.join(missing)}. Add them.")
        return found

    def _names(self, path: str) -> Iterator[str]:
        """The names of an object's members; each value must be read before the next name."""
        self._enter(path)
        if self.next() != "}":
            yield self._name(path)
            while not self._is_last("}", path):
                yield self._name(path)
        self._leave()

    def _name(self, path: str) -> str:
        if self.next() != '"':
            raise self.syntax_error(path)
        name = self._string(path)
        if self.next() != ":":
            raise self.syntax_error(path)
        self._at += 1
        return name

    def _scalar(self, path: str) -> Scalar:
        if self.next() == '"':
            return self._string(path)
        if match := _LITERAL.match(self._text, self._at):
            self._at = match.end()
            return _LITERALS[match[0]]
        if match := _NUMBER.match(self._text, self._at):
            self._at = match.end()
            return Number(match[0])
        raise self.syntax_error(path)

    def _string(self, path: str) -> str:
        match = _STRING.match(self._text, self._at)
        if match is None:
            raise self.syntax_error(path)
        try:
            value = json.loads(match[0])
        except json.JSONDecodeError:
            raise self.syntax_error(path) from None
        self._at = match.end()
        return str(value)

    def _skip(self, path: str) -> None:
        start = self.next()
        if start == "{":
            for _ in self._names(path):
                self._skip(path)
        elif start == "[":
            self._enter(path)
            if self.next() != "]":
                self._skip(path)
                while not self._is_last("]", path):
                    self._skip(path)
            self._leave()
        else:
            self._scalar(path)

    def _enter(self, path: str) -> None:
        self._at += 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable(path, f"There are more than {DEEPEST} objects and lists within each other.")

    def _leave(self) -> None:
        self._at += 1
        self._depth -= 1

    def _is_last(self, end: str, path: str) -> bool:
        """Whether the list or object ends here; otherwise a comma is skipped."""
        character = self.next()
        if character == end:
            return True
        if character != ",":
            raise self.syntax_error(path)
        self._at += 1
        return False


def _wrong_kind(shape: Shape, path: str) -> Unreadable:
    kinds = {ListOf: "a list", MapOf: "an object", Object: "an object"}
    wanted = shape.description if isinstance(shape, Value) else kinds[type(shape)]
    return Unreadable(path, f"The value has the wrong type. It must be {wanted}.")
