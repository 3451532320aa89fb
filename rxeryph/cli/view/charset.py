"""What the output can show: symbols that its encoding and its font have, and foreign text that it can encode."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from ...model.text import one_line


@dataclass(frozen=True, slots=True)
class Symbols:
    """The symbols of a row, one cell each, and the ellipsis."""

    completed: str
    failed: str
    cancelled: str
    queued: str
    trouble: str
    running: str
    """The frames of the spinner."""
    full: str
    half: str
    """Empty if the bar has no half cells."""
    rest: str
    ellipsis: str


UNICODE = Symbols("✓", "✗", "⊘", "·", "!", "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "━", "╸", "─", "…")
ASCII = Symbols("+", "x", "-", ".", "!", "|/-\\", "#", "", "-", "...")


@dataclass(frozen=True, slots=True)
class Charset:
    """The symbols of an output and its encoding."""

    symbols: Symbols
    encoding: str

    def clean(self, text: str) -> str:
        """``text`` on one line, without control characters, and with ``?`` for what cannot be encoded.

        Selectors of a wide variant of the symbol before them are left out: terminals disagree about its width.
        """
        line = one_line(text).replace("\ufe0f", "")
        return line.encode(self.encoding, "replace").decode(self.encoding)


def charset_of(encoding: str, environ: Mapping[str, str], *, is_legacy_windows: bool = False) -> Charset:
    """ASCII symbols for old code pages, and for the consoles of Windows and Linux whose fonts lack the others."""
    has_font = not is_legacy_windows and environ.get("TERM") != "linux"
    return Charset(UNICODE if has_font and _can_encode(encoding) else ASCII, encoding)


def _can_encode(encoding: str) -> bool:
    every = "".join(getattr(UNICODE, name) for name in Symbols.__slots__)
    try:
        every.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def prepare_output() -> None:
    """Print a question mark for a character that the output cannot encode, as with old Windows code pages."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
