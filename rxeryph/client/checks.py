"""Checks of arguments, made before anything is sent. Each names the offending argument or member by its path."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from ..arguments import described
from ..configuration.refusal import check_text, invalid


def as_id(value: object) -> str | None:
    """``value`` in the server's spelling of a GUID; None if it is not one."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def check_id(value: object, path: str) -> str:
    """A GUID, in the server's spelling."""
    found = as_id(value)
    if found is None:
        raise invalid(path, f"{described(value)} is not an id such as 0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11.")
    return found


def new_correlation_id(given: str | None) -> str:
    """The caller's id, checked, or a new one."""
    return str(uuid.uuid4()) if given is None else check_id(given, "correlation_id")


def check_client_id(value: object, path: str) -> str:
    """The id of a client; not always a GUID, for example ``system-client``."""
    if not isinstance(value, str) or not value.strip():
        raise invalid(path, "the id of a client is required.")
    return check_text(value, path)


def check_string(value: object, path: str, shortest: int, longest: int) -> str:
    """A string of ``shortest`` to ``longest`` characters."""
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise invalid(path, f"must be a string of {shortest} to {longest} characters.")
    return check_text(value, path)


def check_strings(values: Sequence[str], path: str) -> tuple[str, ...]:
    """A list of strings, which a single string is not."""
    if isinstance(values, str):
        raise invalid(path, "expected a list of strings, got a string.")
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise invalid(f"{path}[{index}]", f"expected a string, got {type(value).__name__}.")
        check_text(value, f"{path}[{index}]")
    return tuple(values)


def check_whole_number(value: object, path: str, highest: int | None = None, unit: str = "") -> int:
    """A whole number from 1 to ``highest``."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= (highest or value):
        limit = "" if highest is None else f" to {highest}"
        raise invalid(path, f"{described(value)} must be a whole number{unit and f' of {unit}'} from 1{limit}.")
    return value


def check_time(value: object, path: str) -> datetime:
    """A datetime with a time zone."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise invalid(path, f"{described(value)} must be a timezone-aware datetime.")
    return value
