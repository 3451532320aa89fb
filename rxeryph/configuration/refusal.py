"""Errors for what is not worth sending, and what no request can carry."""

from __future__ import annotations

from ..errors import InvalidRequestError

LARGEST = 2**63 - 1
"""The largest whole number that the server can read."""


def invalid(path: str, reason: str) -> InvalidRequestError:
    """The error for an argument that is not worth sending."""
    return InvalidRequestError(
        f"Nothing was sent. {path}: {reason}", status=0, method="", url="", errors={path: (reason,)}
    )


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
