"""The configuration of a catlet."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..problem import Problem
from .names import Issues, check_name

INVALID = "The catlet configuration is invalid."
_GENE_SET = re.compile(r"[a-z0-9-]+/[a-z0-9.-]+(/[a-z0-9.-]+)?\Z")


def catlet_configuration(
    body: Mapping[str, object], name: str = "catlet", project: str = "default"
) -> dict[str, object]:
    """The configuration in a request, with lower-case names. ``name`` and ``project`` fill in what it lacks."""
    given = body.get("configuration")
    if given is None:
        raise Problem(400, errors={"$.configuration": ["The configuration field is required."]})
    if not isinstance(given, dict):
        raise Problem(400, INVALID, {"$.configuration": ["The configuration is not an object."]})
    issues: Issues = {}
    configuration: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    configuration = {"project": project, "name": name} | configuration
    for member, label, longest in (("name", "catlet name", 50), ("project", "project name", 20)):
        check_name(issues, f"$.configuration.{member}", label, configuration[member], longest, has_dots=True)
    for members, label in (("network_adapters", "catlet network adapter name"), ("drives", "drive name")):
        _check_items(issues, configuration, members, label)
    _check_parent(issues, configuration)
    _check_numbers(issues, configuration)
    if issues:
        raise Problem(400, INVALID, issues)
    configuration["name"] = str(configuration["name"]).lower()
    configuration["project"] = str(configuration["project"]).lower()
    return configuration


def _check_items(issues: Issues, configuration: dict[str, object], members: str, label: str) -> None:
    items = configuration.get(members, [])
    if not isinstance(items, list):
        issues[f"$.configuration.{members}"] = [f"The {members} must be a list."]
        return
    for index, item in enumerate(items):
        path = f"$.configuration.{members}[{index}]"
        if not isinstance(item, dict):
            issues[path] = ["The item must be an object."]
        else:
            check_name(issues, f"{path}.name", label, item.get("name"), 50, has_dots=False)


def _check_parent(issues: Issues, configuration: dict[str, object]) -> None:
    parent = configuration.get("parent")
    if parent is not None and not (isinstance(parent, str) and _GENE_SET.match(parent.lower())):
        issues["$.configuration.parent"] = ["The gene set identifier is invalid. It must be org/set or org/set/tag."]


def _check_numbers(issues: Issues, configuration: dict[str, object]) -> None:
    """Check and complete ``cpu: 2`` and ``memory: 1024``, which are short for objects."""
    for member, part in (("cpu", "count"), ("memory", "startup")):
        value = configuration.get(member)
        if value is None:
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            value = configuration[member] = {part: value}
        if not isinstance(value, dict):
            issues[f"$.configuration.{member}"] = [f"The {member} must be a number or an object."]
            continue
        number = value.get(part, 1)
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            issues[f"$.configuration.{member}.{part}"] = [f"The {member} {part} must be at least 1."]
