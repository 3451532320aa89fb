"""Checks on what a caller passes, made before anything is sent."""

from __future__ import annotations

import uuid

from ..errors import InvalidRequestError


def new_correlation_id(given: str | None) -> str:
    """The caller's id, checked, or a new one."""
    return str(uuid.uuid4()) if given is None else check_id(given, "correlation_id")


def check_id(value: str, name: str) -> str:
    """``value`` if it is a GUID, in the server's own spelling. Raises InvalidRequestError before anything is sent."""
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise invalid(name, f"{value!r} is not an id such as 0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11.") from None


def invalid(path: str, reason: str) -> InvalidRequestError:
    """The error for input that is not worth sending."""
    return InvalidRequestError(
        f"Nothing was sent. {path}: {reason}", status=0, method="", url="", errors={path: (reason,)}
    )
