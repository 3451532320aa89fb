"""JSON is read as a shape, and the path of the first failure is that of the server's framework."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.simulator.binding.reader import DEEPEST, Unreadable, read
from rxeryph.simulator.binding.shapes import (
    BOOLEAN,
    GUID,
    INTEGER,
    INTEGER_OR_STRING,
    REQUIRED_GUID,
    STRING,
    TIME,
    ListOf,
    MapOf,
    Member,
    Object,
    Raw,
    Shape,
    choice,
)

INNER = Object({"name": Member(STRING, is_required=True), "size": Member(INTEGER)}, is_strict=True)
OUTER = Object(
    {
        "name": Member(STRING, is_required=True),
        "count": Member(INTEGER_OR_STRING),
        "id": Member(GUID),
        "tags": Member(ListOf(STRING)),
        "values": Member(MapOf(STRING)),
        "inner": Member(INNER),
        "any": Member(Raw()),
    }
)
NAME = '"name": "x"'


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "$"),
        ("[]", "$"),
        ("{}", "$"),
        ("{", "$"),
        ('{"name"', "$"),
        ('{"name":', "$.name"),
        ('{"name": "x}', "$.name"),
        ('{"name": "\\x"}', "$.name"),
        ('{"name": "\\ud800"}', "$.name"),
        ('{"NAME": 7}', "$.NAME"),
        (f"{{{NAME},}}", "$"),
        (f"{{{NAME}}} x", "$"),
        (f'{{{NAME} "count": 1}}', "$"),
        (f'{{{NAME}, "count": 1.0}}', "$.count"),
        (f'{{{NAME}, "count": " 1"}}', "$.count"),
        (f'{{{NAME}, "count": 2147483648}}', "$.count"),
        (f'{{{NAME}, "count": 01}}', "$.count"),
        (f'{{{NAME}, "count": null}}', "$.count"),
        (f'{{{NAME}, "id": "{"1" * 32}"}}', "$.id"),
        (f'{{{NAME}, "tags": {{}}}}', "$.tags"),
        (f'{{{NAME}, "tags": ["a", 1]}}', "$.tags[1]"),
        (f'{{{NAME}, "tags": ["a" "b"]}}', "$.tags[1]"),
        (f'{{{NAME}, "values": {{"a": 1}}}}', "$.values.a"),
        (f'{{{NAME}, "inner": {{}}}}', "$.inner"),
        (f'{{{NAME}, "inner": {{"name": "a", "size": "1"}}}}', "$.inner.size"),
        (f'{{{NAME}, "inner": {{"Name": "a"}}}}', "$.inner.Name"),
        (f'{{{NAME}, "any": {{"a": [1,]}}}}', "$.any"),
        (f'{{{NAME}, "other": [1, }}', "$.other"),
        (f'{{{NAME}, "any": {"[" * (DEEPEST + 1)}', "$.any"),
    ],
)
def test_the_path_leads_to_the_first_failure(text: str, path: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text, OUTER)
    assert caught.value.path == path


def test_names_have_any_case_others_are_skipped_and_the_last_of_two_counts() -> None:
    text = '{"other": {"a": [true, 1e5, {}]}, "Name": "x", "NAME": "y", "any": [1, {"b" : 2.0}], "count": "5"}'
    assert read(text, OUTER) == {"name": "y", "any": '[1, {"b" : 2.0}]', "count": 5}


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        (STRING, "null", None),
        (BOOLEAN, "true", True),
        (INTEGER, "-3", -3),
        (INTEGER, "null", None),
        (INTEGER_OR_STRING, '"+3"', 3),
        (GUID, f'"{"AB" * 4}-1111-1111-1111-{"c" * 12}"', f"{'ab' * 4}-1111-1111-1111-{'c' * 12}"),
        (choice("Shutdown", "Hard"), '"HARD"', "Hard"),
        (choice("Shutdown", "Hard"), "1", "Hard"),
        (choice("Shutdown", "Hard"), '"0"', "Shutdown"),
        (choice("Shutdown", "Hard"), "7", "7"),
        (choice("shared_vhd"), '"SharedVHD"', "shared_vhd"),
        (ListOf(STRING), "null", None),
        (ListOf(STRING), "[null]", [None]),
    ],
)
def test_values_are_converted(shape: Shape, text: str, value: object) -> None:
    assert read(text, shape) == value


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (BOOLEAN, '"true"'),
        (INTEGER, '"1"'),
        (REQUIRED_GUID, "null"),
        (TIME, '"2026-13-01T00:00:00Z"'),
        (TIME, '"2026-01-01T00:00:00+15:00"'),
        (choice("a", is_required=True), "null"),
        (choice("a"), '""'),
        (choice("a"), "1.5"),
    ],
)
def test_values_of_another_kind_are_refused(shape: Shape, text: str) -> None:
    with pytest.raises(Unreadable, match="wrong type"):
        read(text, shape)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each, max_size=3)))
def test_what_is_json_is_read_whole(value: object) -> None:
    text = json.dumps({"name": "x", "any": value})
    assert read(text, OUTER) == {"name": "x", "any": json.dumps(value)}
