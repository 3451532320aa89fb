"""The rules for names."""

from __future__ import annotations

import re
from typing import TypeAlias

Issues: TypeAlias = "dict[str, list[str]]"
"""What is wrong with a body: messages by JSON path."""


def check_name(issues: Issues, path: str, label: str, value: object, longest: int, *, has_dots: bool) -> None:
    """Check a name of at most ``longest`` characters and add what is wrong with it to ``issues``."""
    found = []
    if not isinstance(value, str):
        found.append(f"The {label} must be a string.")
    elif not 1 <= len(value) <= longest:
        found.append(f"The {label} must be between 1 and {longest} characters long.")
    else:
        allowed = (
            "latin characters, numbers, dots and hyphens" if has_dots else "latin characters, numbers and hyphens"
        )
        if not re.fullmatch(r"[A-Za-z0-9.-]+" if has_dots else r"[A-Za-z0-9-]+", value):
            found.append(f"The {label} contains invalid characters. Only {allowed} are permitted.")
        elif value[0] in ".-" or value[-1] in ".-" or re.search(r"[.-]{2}", value):
            found.append(f"The {label} cannot start or end with a dot or hyphen, or have two of them in a row.")
    if found:
        issues[path] = found
