"""Lists of operations, one after another: an element that has not changed is recognised by its bytes, not decoded."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..model.timestamps import parse_ticks
from ._decoding import decoded, not_json
from ._loading import envelope

_HEAD = re.compile(rb'[ \t\n\r]*\{[ \t\n\r]*"value"[ \t\n\r]*:[ \t\n\r]*\[[ \t\n\r]*')
_ID = re.compile(rb'\{[ \t\n\r]*"id"[ \t\n\r]*:[ \t\n\r]*"([^"\\]*)"')
_AFTER = re.compile(rb"[ \t\n\r]*(,|\])[ \t\n\r]*")
_MARGIN = 1024
"""How many bytes more than the element before it an element is first expected to have."""

_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Slices:
    """The elements of one list."""

    elements: Mapping[str, bytes] = field(repr=False)
    """The bytes of each element by its id; the same object as in the last list if they have not changed."""
    newest: int | None
    """The newest server time, in ticks, in the elements that are new or have changed; None if there is none."""


class ListSlicer:
    """Cuts one list after another into its elements. Not thread-safe.

    If an element continues with the very bytes that its id had in the last list, it ends where they end, because no
    JSON object is a prefix of another. Any other element is decoded. The order of the elements does not matter.
    The bytes of the last list are kept, and nothing else.

    What is no object, or has no string as its id, is left out. If an id is listed twice, the last one counts, and it
    counts as changed in this list and in the next one.
    """

    def __init__(self) -> None:
        self._last: Mapping[str, bytes] = {}

    def forget(self) -> None:
        """Drop the bytes of the last list: all elements of the next one count as new."""
        self._last = {}

    def cut(self, body: bytes, url: str | None = None) -> Slices:
        """The elements of the list in ``body``. Raises WireError for anything but an object with a list ``value``."""
        elements: dict[str, bytes] = {}
        twice: set[str] = set()
        moments: list[int] = []
        for element in _elements(body, self._last, url):
            if element.id is None:
                continue
            if element.id in elements:
                twice.add(element.id)
            elements[element.id] = element.text
            moments += _newest(element.changed)
        for id in twice:
            elements[id] = bytes(
                bytearray(elements[id])
            )  # another object, because the last list may have had this one
        self._last = {id: text for id, text in elements.items() if id not in twice}
        return Slices(elements, max(moments, default=None))


class _Element(NamedTuple):
    """One element: where it ends, its id and bytes, and what it means, if that was not known from the last list."""

    end: int
    id: str | None
    text: bytes
    changed: Any = None


def _elements(body: bytes, last: Mapping[str, bytes], url: str | None) -> Iterator[_Element]:
    head = _HEAD.match(body)
    if head is None:  # anything else that means the same is written again
        body = json.dumps({"value": envelope(decoded(body, url), url)}).encode()
        head = _HEAD.match(body)
        assert head is not None
    position, index, likely = head.end(), 0, _MARGIN
    is_over = body.startswith(b"]", position)
    position += is_over
    while not is_over:
        path = f"$.value[{index}]"
        element = _known(body, position, last) or _decoded(body, position, likely, last, url, path)
        yield element
        after = _AFTER.match(body, element.end)
        if after is None:
            raise not_json("Neither a comma nor the end of the list follows", len(body), url, path)
        is_over = after[1] == b"]"
        position, index, likely = after.end(), index + 1, len(element.text) + _MARGIN
    try:
        json.loads(b'{"value":[]' + body[position:])
    except (ValueError, RecursionError):
        raise not_json("Broken after the list", len(body), url) from None


def _known(body: bytes, position: int, last: Mapping[str, bytes]) -> _Element | None:
    """The element that begins here, if it is the same as in the last list."""
    written = _ID.match(body, position)
    id = written[1].decode(errors="replace") if written else ""
    text = last.get(id)
    if text is None or not body.startswith(text, position):
        return None
    return _Element(position + len(text), id, text)


def _decoded(
    body: bytes, position: int, likely: int, last: Mapping[str, bytes], url: str | None, path: str
) -> _Element:
    """The element that begins here, from the next ``likely`` bytes, or more if those do not hold all of it."""
    while True:
        is_all = position + likely >= len(body)
        # In Latin-1 each byte is one character, so the element ends at the same place in the string and in the bytes.
        try:
            value, length = _decode(body[position : position + likely].decode("latin-1"))
        except RecursionError:
            raise not_json("Nested too deeply", len(body), url, path) from None
        except ValueError:
            if is_all:
                raise not_json("Broken or cut off", len(body), url, path) from None
        else:
            # The end of an object is certain, but a number may continue.
            if is_all or isinstance(value, dict) or _AFTER.match(body, position + length):
                break
        likely *= 4
    end = position + length
    text = body[position:end]
    id = _id_of(value, text)
    same = last.get(id) if id is not None else None
    return _Element(end, id, text, value) if same != text else _Element(end, id, same)


def _id_of(value: Any, text: bytes) -> str | None:
    """The id of an element; ``value`` was read as Latin-1 from ``text``, which is UTF-8."""
    id = value.get("id") if isinstance(value, dict) else None
    if isinstance(id, str) and not id.isascii():
        try:
            id = json.loads(text)["id"]
        except ValueError:
            return None
    return id if isinstance(id, str) else None


def _newest(element: Any) -> list[int]:
    """The newest time in a decoded element, if it has any. Times that cannot be read are ignored."""
    if not isinstance(element, dict):
        return []
    times = [element.get(name) for name in ("created", "started_at", "ended_at")]
    entries = element.get("log_entries")
    if isinstance(entries, list):
        times += [entry.get("timestamp") for entry in entries if isinstance(entry, dict)]
    moments: list[int] = []
    for time in times:
        if isinstance(time, str):
            with contextlib.suppress(ValueError):
                moments.append(parse_ticks(time))
    return [max(moments)] if moments else []
