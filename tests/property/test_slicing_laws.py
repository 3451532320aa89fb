"""Laws of cutting lists: no wrong boundary, no missed change, and broken JSON is an error. See ``long_runs``."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.errors import WireError
from rxeryph.model.timestamps import format_ticks, parse_ticks
from rxeryph.wire import ListSlicer, Slices
from tests.property.long_runs import examples

LISTS = 10
STRINGS = (
    *("", "a", '"', "\\", "}{][", "ünï", "\u0085\u2028", "😀", '{"id":"x"}', ",", "\n", '"},{"id":"', "0" * 3000),
    "\ud800",
)
IDS = ("", "00000000-0000-4000-9000-00000000000{}", "{}", 'q"{}', "b\\{}", "ü{}", "\ud800{}", "x" * 90 + "{}")
SPACES = ("", "", " ", "\n\t", "\r\n ")
ODD = ('{"id":7}', "{}", '{"name":"id"}', "null", "12", "-0.5e7", '"{"', "[]", '[{"id":"0"}]', "true", "NaN")
TIMES = (None, 7, "soon", "2026-06-26T10:15:30.1234567+00:00", "2026-06-26T12:15:31+02:00", "2026-06-26T10:15:32Z")


class Writer:
    """Writes lists of operations, and changes some of them between two lists."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.elements: dict[int, str] = {}
        """Each with an empty list of log entries."""
        self.entries: dict[int, list[str]] = {}
        for number in range(chance.randrange(12)):
            self.elements[number] = self.element(number)

    def value(self, depth: int = 0) -> object:
        match self.chance.randrange(7 if depth < 3 else 4):
            case 0:
                return self.chance.choice(STRINGS)
            case 1:
                return self.chance.choice((0, 1, -1.5, 1e300, None, True, 10**40, float("inf")))
            case 2:
                return "".join(self.chance.choices(STRINGS, k=self.chance.randrange(5)))
            case 3:
                return self.chance.randrange(10**6)
            case 4 | 5:
                return {
                    f"{self.chance.choice(STRINGS)}{index}": self.value(depth + 1)
                    for index in range(self.chance.randrange(4))
                }
        return [self.value(depth + 1) for _ in range(self.chance.randrange(4))]

    def element(self, number: int) -> str:
        chance = self.chance
        if chance.random() < 0.05:
            return chance.choice(ODD)
        id = chance.choice(IDS[1:3] if chance.random() < 0.8 else IDS).format(number)
        members: dict[str, object] = {f"k{index}": self.value() for index in range(chance.randrange(5))}
        for name in ("created", "started_at", "ended_at"):
            members[name] = chance.choice(TIMES)
        members["log_entries"] = []
        if chance.random() < 0.1:
            return self.dumped({**members, "id": id})
        if chance.random() < 0.05:
            return self.dumped({"id": "first", **members})[:-1] + ',"id":' + json.dumps(id) + "}"
        return self.dumped({"id": id, **members})

    def dumped(self, value: object) -> str:
        text = json.dumps(value, separators=self.chance.choice(((",", ":"), (", ", ": "), ("\n,", " :\t"))))
        if "\\ud800" in text or self.chance.random() < 0.5:
            return text
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def log(self, number: int) -> None:
        """Write a log entry, or let some leave the window."""
        entries, chance = self.entries.setdefault(number, []), self.chance
        if chance.random() < 0.5:
            entry: dict[str, object] = {"timestamp": format_ticks(chance.randrange(10**16))}
            entries.append(self.dumped(entry if chance.random() < 0.7 else {**entry, "x": self.value()}))
        elif chance.random() < 0.8:
            del entries[: chance.randrange(3)]
        else:
            entries.insert(0, self.dumped(self.value()))

    def with_entries(self, number: int) -> str:
        shown = ",".join(self.entries.get(number, ()))
        return re.sub(r'("log_entries"\s*:\s*)\[\]', lambda found: f"{found[1]}[{shown}]", self.elements[number])

    def body(self) -> bytes:
        """The next list."""
        chance = self.chance
        for number in [*self.elements, chance.randrange(30)]:
            if chance.random() < 0.2:
                self.elements[number] = self.element(number)
            elif chance.random() < 0.05:
                self.elements.pop(number, None)
            elif chance.random() < 0.3:
                self.log(number)
        elements = [self.with_entries(number) for number in self.elements]
        chance.shuffle(elements)
        if elements and chance.random() < 0.1:
            elements.append(chance.choice(elements))
        space = chance.choice(SPACES)
        head = chance.choice(('{"value":[', '{"value":[', ' {\n"value" : [ ', '{"count":3,"value":['))
        tail = chance.choice(("]}", "]}", '],"count":3}', "] }\n"))
        return f"{head}{space}{f'{space},{space}'.join(elements)}{space}{tail}".encode()

    def damaged(self, body: bytes) -> bytes:
        """``body`` cut off, or with another character in one place."""
        at = self.chance.randrange(len(body))
        if self.chance.random() < 0.5:
            return body[:at]
        return body[:at] + self.chance.choice((b"", b'"', b",", b"]", b"}", b"\\", b"7", b"\x00")) + body[at + 1 :]


def meant(body: bytes) -> dict[str, Any] | None:
    """What ``body`` lists by id, None if it is not the JSON of a list. The last one of an id counts."""
    try:
        items = json.loads(body)["value"]
    except (ValueError, KeyError):
        return None
    found = [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
    return {item["id"]: item for item in found}


def moments(item: dict[str, Any]) -> list[int]:
    entries = item.get("log_entries")
    stamps = [item.get(name) for name in ("created", "started_at", "ended_at")]
    stamps += [each.get("timestamp") for each in entries or () if isinstance(each, dict)]
    return [ticks for stamp in stamps if (ticks := readable_ticks(stamp)) is not None]


def readable_ticks(stamp: object) -> int | None:
    try:
        return parse_ticks(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return None


def listed_twice(body: bytes) -> set[str]:
    items = json.loads(body)["value"]
    ids = [item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
    return {id for id in ids if ids.count(id) > 1}


@settings(max_examples=examples(60, 5_500), deadline=None)
@given(st.integers(0, 2**40))
def test_lists_are_cut_as_json_would_read_them(seed: int) -> None:
    """Ten lists after another, some of them damaged."""
    chance = random.Random(seed)
    writer, slicer = Writer(chance), ListSlicer()
    last, last_twice = Slices({}, None), set[str]()
    for _ in range(LISTS):
        body = writer.body()
        if chance.random() < 0.2:
            body = writer.damaged(body)
        if not readable(body):
            continue
        expected = meant(body)
        if expected is None:
            with pytest.raises(WireError):
                slicer.cut(body)
            continue
        found, twice = slicer.cut(body), listed_twice(body)
        assert {id: repr(json.loads(text)) for id, text in found.elements.items()} == {
            id: repr(item) for id, item in expected.items()
        }
        same = {id for id, text in found.elements.items() if last.elements.get(id) is text}
        assert same == {
            id
            for id, text in found.elements.items()
            if last.elements.get(id) == text and id not in twice | last_twice
        }
        for id, (before, entries) in found.entries.items():
            assert before is last.elements[id]
            was, now = json.loads(before), json.loads(found.elements[id])
            old, new = was.pop("log_entries"), now.pop("log_entries")
            assert repr(was) == repr(now)
            assert repr(list(entries)) == repr(new) or (not entries and all(each in old for each in new))
        if not twice | last_twice:
            changed = {id: item for id, item in expected.items() if id not in same}
            # The times beside the entries count once, when the element is new.
            changed |= {id: {"log_entries": entries} for id, (_, entries) in found.entries.items()}
            news = [moment for item in changed.values() for moment in moments(item)]
            assert found.newest == max(news, default=None)
        last, last_twice = found, twice


def readable(body: bytes) -> bool:
    """False if ``body`` is no UTF-8: then only the elements that are not are broken."""
    try:
        body.decode("utf-8", "surrogatepass")
    except ValueError:
        return False
    return True
