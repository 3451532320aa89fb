"""Lists of operations, one after another: an element that has not changed is recognised by its bytes, not decoded."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model.timestamps import parse_ticks
from ..reading import read_json
from ._decoding import decoded, not_json
from ._loading import envelope
from .log_entries import Place, entries_alone_differ, only_left_out

_HEAD = re.compile(rb'[ \t\n\r]*\{[ \t\n\r]*"value"[ \t\n\r]*:[ \t\n\r]*\[[ \t\n\r]*')
_ID = re.compile(rb'\{[ \t\n\r]*"id"[ \t\n\r]*:[ \t\n\r]*"([^"\\]*)"')
_AFTER = re.compile(rb"[ \t\n\r]*([,\]])[ \t\n\r]*")
_UTC = "+00:00"
_MARGIN = 1024
"""How many bytes more than the element before it an element is first expected to have."""

_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Slices:
    """The elements of one list."""

    elements: Mapping[str, bytes] = field(repr=False)
    """The bytes of each element by its id; the same object as in the last list if they have not changed."""
    newest: int | None
    """The newest server time, in ticks, in what is new or has changed; None if there is none."""
    entries: Mapping[str, tuple[bytes, Sequence[object]]] = field(default_factory=dict, repr=False)
    """For each element in which only log entries have changed: its bytes in the last list, and its decoded entries;
    none if some were only left out, as the window of the list moves."""


class ListSlicer:
    """Cuts one list after another into its elements. Not thread-safe.

    If an element continues with the very bytes that its id had in the last list, it ends where they end, because no
    JSON object is a prefix of another. If only its log entries have changed, these alone are decoded. Any other
    element is decoded as a whole. The order of the elements does not matter. The bytes of the last list are kept, and
    where the log entries are in those that have changed.

    What is no object, or has no string as its id, is left out. If an id is listed twice, the last one counts, and it
    counts as changed in this list and in the next one.
    """

    def __init__(self) -> None:
        self._last: Mapping[str, bytes] = {}
        self._places: dict[str, Place | None] = {}

    def forget(self) -> None:
        """Drop the bytes of the last list: all elements of the next one count as new."""
        self._last = {}
        self._places.clear()

    def cut(self, body: bytes, url: str | None = None) -> Slices:
        """The elements of the list in ``body``. Raises WireError for anything but an object with a list ``value``."""
        body, position = _first_element(body, url)
        last = self._last
        elements: dict[str, bytes] = {}
        twice: set[str] = set()
        times: list[object] = []
        changes = _Changes(self._places)
        likely = _MARGIN
        order = _Order(last)
        is_over = body.startswith(b"]", position)
        position += is_over
        while not is_over:
            position = order.skipped(body, position, elements, twice)
            written = _ID.match(body, position)
            id: str | None = written[1].decode(errors="replace") if written else ""
            text = last.get(id) if id else None
            if text is not None and id is not None and not body.startswith(text, position):
                text = changes.with_other_entries(id, text, body, position)
                times += _times_of_entries(changes.entries[id][1] if text is not None else ())
            if text is None:
                value, text = _decoded(body, position, likely, url, f"$.value[{order.index}]")
                id = _id_of(value, text)
                before = last.get(id) if id is not None else None
                if before is not None and before == text:
                    text = before
                elif id is not None:
                    changes.places[id] = None
                    times += _times(value)
            if id in elements:
                twice.add(id)
            if id is not None:
                elements[id] = text
            after = _AFTER.match(body, position + len(text))
            if after is None:
                reason = "Neither a comma nor the end of the list follows"
                raise not_json(reason, len(body), url, f"$.value[{order.index}]")
            order.passed(id)
            is_over = after[1] == b"]"
            position, likely = after.end(), len(text) + _MARGIN
        _check_rest(body[position:], url)
        for id in twice:
            elements[id] = bytes(bytearray(elements[id]))  # not the object that the last list may have had
            changes.entries.pop(id, None)
        self._last = {id: text for id, text in elements.items() if id not in twice} if twice else elements
        self._places.update(changes.places)
        if len(self._places) > len(elements):
            self._places = {id: place for id, place in self._places.items() if id in elements}
        return Slices(elements, _newest(times), changes.entries)


class _Changes:
    """The elements of one list in which only log entries have changed. ``places`` are those in the last list."""

    def __init__(self, places: Mapping[str, Place | None]) -> None:
        self._last_places = places
        self.places: dict[str, Place | None] = {}
        """Where the log entries are in this list, for each element that has changed; None if that is not known."""
        self.entries: dict[str, tuple[bytes, Sequence[object]]] = {}
        """See ``Slices``."""

    def with_other_entries(self, id: str, last: bytes, body: bytes, position: int) -> bytes | None:
        """The bytes of the element that begins at ``position``, if only its log entries differ from ``last``."""
        found = entries_alone_differ(last, self._last_places.get(id), body, position)
        if found is None:
            return None
        (start, end), entries, stop = found
        is_less = only_left_out(last[start:end], body[position + start : stop])
        self.entries[id] = last, () if is_less else entries
        self.places[id] = start, stop - position
        return body[position : stop + len(last) - end]


class _Order:
    """Where in the last list the next element is expected: many lists differ in few elements."""

    def __init__(self, last: Mapping[str, bytes]) -> None:
        self.index = 0
        """How many elements of the list came so far."""
        self._items = tuple(last.items())
        self._next = 0
        self._places: dict[str, int] = {}

    def skipped(self, body: bytes, position: int, elements: dict[str, bytes], twice: set[str]) -> int:
        """Take over the elements that come as they came in the last list; where the first other one begins.

        The last element of a list is always another one: it has no comma behind it.
        """
        items, began, number = self._items, self._next, self._next
        while number < len(items):
            id, text = items[number]
            end = position + len(text)
            if not (body.startswith(text, position) and body.startswith(b",{", end)):
                break
            if id in elements:
                twice.add(id)
            elements[id] = text
            position = end + 1
            number += 1
        self.index += number - began
        self._next = number
        return position

    def passed(self, id: str | None) -> None:
        """An element was read in another way: the one after it is expected next."""
        self.index += 1
        items, expected = self._items, self._next
        if expected < len(items) and items[expected][0] == id:
            self._next += 1
            return
        if not self._places:
            self._places = {id: number for number, (id, _) in enumerate(items)}
        self._next = self._places.get(id or "", expected - 1) + 1


def _first_element(body: bytes, url: str | None) -> tuple[bytes, int]:
    """The body and where its list begins. A body that begins with another member is written again."""
    head = _HEAD.match(body)
    if head is None:
        body = json.dumps({"value": envelope(decoded(body, url), url)}).encode()
        head = _HEAD.match(body)
        assert head is not None
    return body, head.end()


def _check_rest(rest: bytes, url: str | None) -> None:
    """Raise WireError if ``rest`` is not the end of an object after its list."""
    try:
        read_json(b'{"value":[]' + rest)
    except ValueError:
        raise not_json("Broken after the list", len(rest), url) from None


def _decoded(body: bytes, position: int, likely: int, url: str | None, path: str) -> tuple[Any, bytes]:
    """The element that begins here and its bytes, from the next ``likely`` ones, or more if that is not all of it."""
    while True:
        is_all = position + likely >= len(body)
        # In Latin-1 each byte is one character, so the element ends at the same place in the string and in the bytes.
        try:
            value, length = _decode(body[position : position + likely].decode("latin-1"))
        except RecursionError:
            problem = "Nested too deeply"
        except ValueError:
            problem = "Broken or cut off" if is_all else ""
        else:
            problem = ""
            # The end of an object is certain, but a number may continue.
            if is_all or isinstance(value, dict) or _AFTER.match(body, position + length):
                return value, body[position : position + length]
        if problem:  # raised here, without the decoding error, which has the content
            raise not_json(problem, len(body), url, path)
        likely *= 4


def _id_of(value: Any, text: bytes) -> str | None:
    """The id of an element; ``value`` was read as Latin-1 from ``text``, which is UTF-8."""
    id = value.get("id") if isinstance(value, dict) else None
    if isinstance(id, str) and not id.isascii():
        try:
            id = json.loads(text)["id"]
        except ValueError:
            return None
    return id if isinstance(id, str) else None


def _times(element: dict[str, Any]) -> Iterator[object]:
    """The times in a decoded element, as they are written."""
    yield element.get("created")
    yield element.get("started_at")
    yield element.get("ended_at")
    yield from _times_of_entries(element.get("log_entries"))


def _times_of_entries(entries: object) -> Iterator[object]:
    if isinstance(entries, Sequence):
        for entry in entries:
            if isinstance(entry, dict):
                yield entry.get("timestamp")


def _newest(times: list[object]) -> int | None:
    """The newest of ``times``, if there is any. Those that cannot be read are ignored."""
    strings = {time for time in times if isinstance(time, str)}
    moments: list[int] = []
    # Times of one offset are in the order of their strings, so that one of them is parsed instead of thousands.
    for time in sorted((time for time in strings if time.endswith(_UTC)), reverse=True):
        with contextlib.suppress(ValueError):
            moments.append(parse_ticks(time))
            break
    for time in strings:
        if not time.endswith(_UTC):
            with contextlib.suppress(ValueError):
                moments.append(parse_ticks(time))
    return max(moments, default=None)
