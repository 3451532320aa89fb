"""Strings from elsewhere as a person may see them: nothing in them can control a terminal or reorder a line.

Control, format and bidi characters become what they are in a Python string, such as ``\\x1b`` or ``\\u202e``. Values
keep the strings as they came; whatever is written for people goes through here, as every message of an error does.
"""

from __future__ import annotations

import json


def escaped(text: str) -> str:
    """``text`` with everything escaped that is not printable, line breaks too."""
    return text if text.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def escaped_json(text: str) -> str:
    """The same for JSON that was written without escapes: it stays JSON of the same value."""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def one_line(text: str) -> str:
    """``text`` with each run of whitespace as one space, and escaped."""
    return escaped(" ".join(text.split()))


def quoted(text: str, limit: int = 60) -> str:
    """``text`` in quotes on one line, escaped; an ellipsis if it has over ``limit`` characters."""
    shown = repr(" ".join(text.split()))
    return shown if len(shown) <= limit else f"{shown[: limit - 2]}…{shown[-1]}"
