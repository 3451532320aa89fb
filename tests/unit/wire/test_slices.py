"""Cutting one list after another into its elements. The laws are in ``test_slicing_laws.py``."""

from __future__ import annotations

import pytest

from rxeryph.errors import WireError
from rxeryph.model.timestamps import parse_ticks
from rxeryph.wire import ListSlicer

A, B = b'{"id":"a","created":"2026-06-26T10:15:30Z"}', b'{"id":"b","created":"2026-06-26T10:15:31Z"}'


def listed(*elements: bytes) -> bytes:
    return b'{"value":[' + b",".join(elements) + b"]}"


def test_only_what_is_new_or_has_changed_is_another_object_and_gives_the_newest_time() -> None:
    slicer = ListSlicer()
    first = slicer.cut(listed(A, B))
    assert (first.elements, first.newest) == ({"a": A, "b": B}, parse_ticks("2026-06-26T10:15:31Z"))
    again = slicer.cut(listed(B, A))
    assert (again.elements, again.newest) == (first.elements, None)
    assert all(again.elements[id] is text for id, text in first.elements.items())
    changed = slicer.cut(listed(A.replace(b":30", b":20"), B))
    assert changed.newest == parse_ticks("2026-06-26T10:15:20Z")
    assert changed.elements["b"] is first.elements["b"]
    slicer.forget()
    assert slicer.cut(listed(B)).newest == parse_ticks("2026-06-26T10:15:31Z")


@pytest.mark.parametrize(
    "odd", [b"null", b"1.5e+300", b"[]", b"{}", b'{"id":7}', b'{"id":"\xff"}', b'"' + b"x" * 9999 + b'"']
)
def test_an_odd_element_does_not_harm_the_others(odd: bytes) -> None:
    assert ListSlicer().cut(listed(A, odd, B)).elements == {"a": A, "b": B}


def test_the_times_of_what_is_left_out_do_not_count() -> None:
    assert ListSlicer().cut(listed(B.replace(b'"b"', b"7"))).newest is None


def test_a_number_that_begins_where_decoding_stops_for_now_is_read_to_its_end() -> None:
    for size in range(1000, 1100):
        odd = b"1" * size
        assert ListSlicer().cut(listed(odd, A)).elements == {"a": A}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", "$"),
        (b"[]", "$"),
        (b"{}", "$.value"),
        (b'{"value":null}', "$.value"),
        (b'{"value":{}}', "$.value"),
        (listed(A, B)[:-1], "$"),
        (listed(A, B)[:-2], "$.value[1]"),
        (listed(A, B)[:-9], "$.value[1]"),
        (listed(A, B) + b"}", "$"),
        (listed(A, b""), "$.value[1]"),
        (b'{"value":[,]}', "$.value[0]"),
        (listed(A, b"[" * 100_000), "$.value[1]"),
        (listed(A)[:-1] + b"," + b"[" * 100_000, "$"),
    ],
)
def test_anything_but_the_json_of_a_list_is_refused_and_the_last_list_is_kept(body: bytes, path: str) -> None:
    slicer = ListSlicer()
    first = slicer.cut(listed(A))
    with pytest.raises(WireError, match="The reply from http://x/y ") as caught:
        slicer.cut(body, "http://x/y")
    assert (caught.value.path, caught.value.url) == (path, "http://x/y")
    assert slicer.cut(listed(A)).elements["a"] is first.elements["a"]
