"""How a JSON body is read, and members that occur in many bodies."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from ..problem import Problem


def read_body(content_type: str | None, body: bytes) -> dict[str, object]:
    """The members of a JSON body, by their names in lower case. Raises Problem 400 or 415."""
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415)
    try:
        data = json.loads(body)
    except ValueError as error:
        raise Problem(400, errors={"$": [f"The JSON is not valid: {error}."]}) from None
    if not isinstance(data, dict):
        raise Problem(400, errors={"$": ["The JSON value could not be converted to an object."]})
    return {name.lower(): value for name, value in data.items()}


def correlation_id(body: Mapping[str, object]) -> str | None:
    """The id that the caller chose for the operation; None for no id or the empty GUID."""
    value = body.get("correlation_id")
    if value is None:
        return None
    chosen = guid(value)
    if chosen is None:
        raise Problem(400, errors={"$.correlation_id": ["The JSON value could not be converted to System.Guid."]})
    return chosen if int(uuid.UUID(chosen)) else None


def guid(value: object) -> str | None:
    """``value`` as the server writes a GUID, or None if it is not one."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def required_string(body: Mapping[str, object], member: str) -> str:
    """A member that must be present and a string."""
    value = optional_string(body, member)
    if value is None:
        raise Problem(400, errors={f"$.{member}": [f"The {member} field is required."]})
    return value


def optional_string(body: Mapping[str, object], member: str) -> str | None:
    """A member that must be a string if it is present."""
    value = body.get(member)
    if value is not None and not isinstance(value, str):
        raise Problem(400, errors={f"$.{member}": ["The JSON value could not be converted to System.String."]})
    return value


def strings(body: Mapping[str, object], member: str) -> list[str] | None:
    """A member that must be a list of strings if it is present."""
    value = body.get(member)
    if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise Problem(400, errors={f"$.{member}": ["The JSON value could not be converted to a list of strings."]})
    return value
