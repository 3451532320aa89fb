"""The body that makes a virtual disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..binding.guids import guid
from ..problem import Invalid
from . import names
from .catlet_rules import LARGEST_DRIVE
from .names import Issues, check_name


@dataclass(frozen=True, slots=True)
class NewDisk:
    """A new disk; its size in GiB."""

    project_id: str
    name: str
    location: str
    size: int
    environment: str = "default"
    store: str = "default"


def new_disk(body: Mapping[str, object]) -> NewDisk:
    """The disk in a request, with lower-case names."""
    issues: Issues = {}
    check_name(issues, "$.name", names.DRIVE, body["name"], is_required=True)
    project_id = guid(body["project_id"])
    if project_id is None:
        issues["$.project_id"] = ["The project ID must be a GUID. Correct it."]
    check_name(issues, "$.location", names.LOCATION, body["location"], is_required=True)
    size = body["size"]
    if not isinstance(size, int) or not 1 <= size <= LARGEST_DRIVE:
        issues["$.size"] = [f"The size must be between 1 and {LARGEST_DRIVE} GiB. Change it."]
    check_name(issues, "$.environment", names.ENVIRONMENT, body.get("environment"))
    check_name(issues, "$.store", names.DATA_STORE, body.get("store"))
    if issues or project_id is None or not isinstance(size, int):
        raise Invalid(issues)
    place = {member: str(body.get(member) or "").strip().lower() or "default" for member in ("environment", "store")}
    return NewDisk(project_id, str(body["name"]).lower(), str(body["location"]).lower(), size, **place)
