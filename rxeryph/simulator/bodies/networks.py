"""The network configuration of a project."""

from __future__ import annotations

from collections.abc import Mapping

from ..problem import Problem
from .names import Issues, check_name


def network_configuration(body: Mapping[str, object], project: str) -> list[dict[str, object]]:
    """The networks in a request for the project called ``project``, with lower-case names."""
    given = body.get("configuration")
    if given is None:
        raise Problem(400, errors={"$.configuration": ["The configuration field is required."]})
    issues: Issues = {}
    networks = given.get("networks", []) if isinstance(given, dict) else None
    if not isinstance(given, dict) or not (networks is None or isinstance(networks, list)):
        issues["$.configuration"] = ["The configuration is not an object with a list of networks."]
    elif str(given.get("project") or project).lower() != project:
        issues["$.configuration.project"] = [f"The project name must be '{project}'."]
    found: list[dict[str, object]] = []
    for index, item in enumerate(networks or []):
        path = f"$.configuration.networks[{index}]"
        if not isinstance(item, dict):
            issues[path] = ["The item must be an object."]
            continue
        check_name(issues, f"{path}.name", "network name", item.get("name"), 50, has_dots=False)
        found.append({**item, "name": str(item.get("name")).lower()})
    if issues:
        raise Problem(400, "The network configuration is invalid.", issues)
    return found
