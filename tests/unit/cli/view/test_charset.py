"""Symbols and foreign text for old code pages."""

from __future__ import annotations

import pytest

from rxeryph.cli.view.charset import ASCII, UNICODE, Symbols, charset_of


@pytest.mark.parametrize(
    ("encoding", "environ", "is_legacy_windows", "expected"),
    [
        ("utf-8", {"TERM": "xterm-256color"}, False, UNICODE),
        ("utf-8", {}, False, UNICODE),
        ("cp1252", {}, False, ASCII),
        ("cp437", {}, False, ASCII),
        ("utf-8", {}, True, ASCII),
        ("utf-8", {"TERM": "linux"}, False, ASCII),
    ],
)
def test_symbols_are_those_that_the_output_has(
    encoding: str, environ: dict[str, str], is_legacy_windows: bool, expected: Symbols
) -> None:
    assert charset_of(encoding, environ, is_legacy_windows=is_legacy_windows).symbols == expected


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "Größe 网 ❤ \\x1b"), ("cp1252", "Größe ? ? \\x1b"), ("ascii", "Gr??e ? ? \\x1b")],
)
def test_foreign_text_has_only_what_can_be_shown(encoding: str, shown: str) -> None:
    assert charset_of(encoding, {}).clean("Größe 网\n❤\ufe0f \x1b") == shown
