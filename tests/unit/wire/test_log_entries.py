"""Replies that differ in their log entries only are loaded from these; all others are loaded as a whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.wire import SnapshotLoader, load_operation
from rxeryph.wire.log_entries import entries_alone_differ, load_entries, only_left_out

TASK = {"id": "t", "parent_task_id": "op", "name": "Command", "status": "Running"}
strings = st.text(st.characters(codec="utf-8"), max_size=4) | st.sampled_from(
    ('"log_entries":[]', '\\"', "]},[{", "log_entries", "ünï\u2028😀")
)
moments = st.integers(0, 59).map(lambda second: f"2026-06-26T10:15:{second:02}.1234567+00:00")
entries = st.lists(
    st.fixed_dictionaries({"id": strings, "task_id": strings, "message": strings, "timestamp": moments}),
    max_size=4,
    unique_by=lambda shown: shown["id"],
)


def written(shown: list[Any], spaced: bool = False, **others: object) -> bytes:
    operation = {"id": "op", "log_entries": shown, "status": "Running", "tasks": [TASK], **others}
    return json.dumps(operation, ensure_ascii=False, separators=None if spaced else (",", ":")).encode()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(entries, strings, st.booleans()), min_size=2, max_size=6))
def test_whatever_changed_the_snapshot_is_that_of_the_whole_reply(replies: list[tuple[list[Any], str, bool]]) -> None:
    loader = SnapshotLoader()
    for shown, message, spaced in replies:
        text = written(shown, spaced, status_message=message)
        loaded, whole = loader.load(text), load_operation(json.loads(text))
        assert replace(loaded, log_entries=()) == replace(whole, log_entries=())
        assert set(loaded.log_entries) == set(whole.log_entries)  # another order is no change


def entry(id: str, message: str = "hello") -> dict[str, str]:
    return {"id": id, "task_id": "t", "message": message, "timestamp": "2026-06-26T10:15:30.1234567+00:00"}


@pytest.mark.parametrize(
    ("before", "after"),
    [([], ["a"]), (["a"], ["a", "b"]), (["a", "b"], ["b"]), (["a"], []), (["a"], ["ü]}"])],
)
def test_entries_that_came_or_left_the_window_are_loaded_alone(before: list[str], after: list[str]) -> None:
    last, text = (written([entry(each, each) for each in shown]) for shown in (before, after))
    changed = entries_alone_differ(last, None, text)
    assert changed is not None
    (start, end), decoded, stop = changed
    assert last[start:end] + text[stop:] == last[start:]
    found = load_entries(decoded, None)
    assert found == load_operation(json.loads(text)).log_entries
    assert [each.id for each in found or ()] == after


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (written([]), written([], status="Completed")),
        (written([]), written([], status_message="new")),
        (written([], tasks=[]), written([entry("a")])),
        (written([], True), written([entry("a")], True)),  # with spaces: another key
        (written([], x={"log_entries": []}), written([entry("a")], x={"log_entries": []})),  # which is which?
        (b'{"x":{"log_entries":[]},"id":"op"}', b'{"x":{"log_entries":[1]},"id":"op"}'),
        (written([]), written([{"id": 7}])),
        (written([]), written([])[:-9]),
        (b'{"log_entries":null}', b'{"log_entries":[]}'),
        (b'{"log_entries":[]}', b'{"log_entries":null}'),
        (b"{}", b"{}"),
    ],
)
def test_anything_else_is_left_to_the_schema(last: bytes, text: bytes) -> None:
    found = entries_alone_differ(last, None, text)
    assert found is None or load_entries(found[1], None) is None


@pytest.mark.parametrize(
    ("before", "after", "is_less"),
    [
        (["a", "b"], ["b"], True),
        (["a", "b"], ["a"], True),
        (["a"], [], True),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["c"], False),
        (["b"], ["a"], False),
        ([], ["a"], False),
        (["a", "b", "c"], ["b"], False),  # no window does that, so it is read
    ],
)
def test_a_list_that_only_leaves_entries_out_is_recognised(
    before: list[str], after: list[str], is_less: bool
) -> None:
    last, now = (
        json.dumps([entry(each) for each in shown], separators=(",", ":")).encode() for shown in (before, after)
    )
    assert only_left_out(last, now) is is_less


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.recursive(strings, lambda inner: st.fixed_dictionaries({"m": inner, "n": inner})), max_size=4),
    st.data(),
)
def test_no_list_is_taken_for_the_end_of_another_that_it_is_not(items: list[Any], data: st.DataObject) -> None:
    written = json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode()
    begin = data.draw(st.integers(0, len(written) - 1))
    piece = written[begin:-1]
    try:
        now = json.loads(b"[" + piece + b"]")
    except ValueError:
        return
    if only_left_out(written, b"[" + piece + b"]"):
        assert now == (items[-len(now) :] if now else [])
