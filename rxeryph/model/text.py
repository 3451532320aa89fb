"""Strings of the server as a person may see them: on one line, and of limited length."""

from __future__ import annotations


def one_line(text: str) -> str:
    """``text`` with each run of whitespace as one space."""
    return " ".join(text.split())


def quoted(text: str, limit: int = 60) -> str:
    """``text`` in quotes on one line, control characters escaped; an ellipsis if it has over ``limit`` characters."""
    shown = repr(one_line(text))
    return shown if len(shown) <= limit else f"{shown[: limit - 2]}…{shown[-1]}"
