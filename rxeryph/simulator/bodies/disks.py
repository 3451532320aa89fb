"""The body that makes a virtual disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..problem import Problem
from .names import Issues, check_name
from .reading import guid


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
    for member in ("project_id", "name", "location", "size"):
        if body.get(member) is None:
            issues[f"$.{member}"] = [f"The {member} field is required."]
    if issues:
        raise Problem(400, errors=issues)
    project_id, name, location, size = (body[member] for member in ("project_id", "name", "location", "size"))
    wanted = guid(project_id)
    if wanted is None:
        issues["$.project_id"] = ["The project ID is invalid."]
    check_name(issues, "$.name", "drive name", name, 50, has_dots=False)
    check_name(issues, "$.location", "storage identifier", location, 20, has_dots=True)
    place = {member: str(body.get(member) or "default").lower() for member in ("environment", "store")}
    check_name(issues, "$.environment", "environment name", place["environment"], 50, has_dots=True)
    check_name(issues, "$.store", "data store name", place["store"], 50, has_dots=True)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= 65536:
        issues["$.size"] = ["The size must be between 1 and 65536 GiB."]
    if issues or wanted is None or not isinstance(size, int):
        raise Problem(400, errors=issues)
    return NewDisk(wanted, str(name).lower(), str(location).lower(), size, **place)
