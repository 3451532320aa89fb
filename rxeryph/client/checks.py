"""Checks of arguments, made before anything is sent. Each names the offending argument or member by its path."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from ..arguments import described
from ..errors import InvalidRequestError

LARGEST = 2**63 - 1
"""The largest whole number that the server can read."""


def invalid(path: str, reason: str) -> InvalidRequestError:
    """The error for an argument that is not worth sending."""
    return InvalidRequestError(
        f"Nothing was sent. {path}: {reason}", status=0, method="", url="", errors={path: (reason,)}
    )


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


def check_text(value: str, path: str) -> str:
    """A string that can be sent: UTF-8 has no halves of surrogate pairs."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise invalid(path, f"it has half a surrogate pair at character {error.start}; remove it.") from None
    return value


def check_size(value: int, path: str) -> int:
    """A whole number of at most 64 bits."""
    if abs(value) > LARGEST:
        raise invalid(path, "the number is larger than 64 bits.")
    return value


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
