"""What operations are selected by, as people type it."""

from __future__ import annotations

from typing import Any

from ..errors import ConfigurationError
from ..model import OperationStatus, ResourceType


def status_of(given: str) -> OperationStatus:
    """The status of this name. Raises ConfigurationError if there is none."""
    found = OperationStatus(given)
    if not found.is_known:
        names = ", ".join(each.value for each in OperationStatus)
        raise ConfigurationError(f"--status: {given!r} is not one of {names}.", place="--status")
    return found


def resource_of(api: Any, given: str | None) -> tuple[ResourceType | None, str]:
    """The type, or else the id, of the resource that was given; a name is that of a catlet."""
    if given is None:
        return None, ""
    kind = ResourceType(given)
    if kind.is_known:
        return kind, ""
    return None, api.catlets.get(given).id if not _is_id(given) else given.lower()


def _is_id(given: str) -> bool:
    from ..client.checks import as_id

    return as_id(given) is not None
