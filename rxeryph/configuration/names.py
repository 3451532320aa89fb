"""Names by eryph's rules."""

from __future__ import annotations

import re

from ..arguments import described
from .refusal import invalid


def check_name(value: object, path: str, longest: int, marks: str = ".-") -> str:
    """A name by eryph's rules: letters, digits and ``marks``, with no mark at either end or next to another."""
    if not isinstance(value, str):
        raise invalid(path, f"expected a string, got {type(value).__name__}.")
    if not 1 <= len(value) <= longest:
        raise invalid(path, f"{described(value)} must have 1 to {longest} characters.")
    named = "dots and hyphens" if "." in marks else "hyphens"
    if not re.fullmatch(rf"[A-Za-z0-9{marks}]+", value):
        raise invalid(path, f"{described(value)} may only have letters, digits, {named}.")
    if value[0] in marks or value[-1] in marks or re.search(rf"[{marks}]{{2}}", value):
        raise invalid(path, f"{described(value)} may not begin or end with one of {named}, nor have two in a row.")
    return value
