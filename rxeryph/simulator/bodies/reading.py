"""Checks of what clients send, with the messages and JSON paths of the server."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from ..problem import Problem

INVALID = "The catlet configuration is invalid."
_GENE_SET = re.compile(r"[a-z0-9-]+/[a-z0-9.-]+(/[a-z0-9.-]+)?\Z")


def read_body(content_type: str | None, body: bytes) -> dict[str, object]:
    """The members of a JSON body, names in lower case. Raises the problems the server answers with."""
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
    """The id the caller wishes, None for none or the empty GUID."""
    value = body.get("correlation_id")
    if value is None:
        return None
    wish = guid(value)
    if wish is None:
        raise Problem(400, errors={"$.correlation_id": ["The JSON value could not be converted to System.Guid."]})
    return wish if int(uuid.UUID(wish)) else None


def guid(value: object) -> str | None:
    """``value`` as the server spells a GUID, None when it is none."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def required_text(body: Mapping[str, object], member: str) -> str:
    """A member that has to be there and to be a text."""
    value = optional_text(body, member)
    if value is None:
        raise Problem(400, errors={f"$.{member}": [f"The {member} field is required."]})
    return value


def optional_text(body: Mapping[str, object], member: str) -> str | None:
    """A member that is a text where it is there."""
    value = body.get(member)
    if value is not None and not isinstance(value, str):
        raise Problem(400, errors={f"$.{member}": ["The JSON value could not be converted to System.String."]})
    return value


def texts(body: Mapping[str, object], member: str) -> list[str] | None:
    """A member that is a list of texts where it is there."""
    value = body.get(member)
    if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise Problem(400, errors={f"$.{member}": ["The JSON value could not be converted to a list of texts."]})
    return value


def network_configuration(body: Mapping[str, object], project: str) -> list[dict[str, object]]:
    """The networks in a request, for the project called ``project``; names in lower case."""
    given = body.get("configuration")
    if given is None:
        raise Problem(400, errors={"$.configuration": ["The configuration field is required."]})
    issues: dict[str, list[str]] = {}
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
        _check_name(issues, f"{path}.name", "network name", item.get("name"), 50, has_dots=False)
        found.append({**item, "name": str(item.get("name")).lower()})
    if issues:
        raise Problem(400, "The network configuration is invalid.", issues)
    return found


def catlet_configuration(
    body: Mapping[str, object], name: str = "catlet", project: str = "default"
) -> dict[str, object]:
    """The configuration in a request, with ``name`` and ``project`` where it has none, names in lower case."""
    given = body.get("configuration")
    if given is None:
        raise Problem(400, errors={"$.configuration": ["The configuration field is required."]})
    if not isinstance(given, dict):
        raise Problem(400, INVALID, {"$.configuration": ["The configuration is not an object."]})
    issues: dict[str, list[str]] = {}
    configuration: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    configuration = {"project": project, "name": name} | configuration
    for member, label, longest in (("name", "catlet name", 50), ("project", "project name", 20)):
        _check_name(issues, f"$.configuration.{member}", label, configuration[member], longest, has_dots=True)
    for members, label in (("network_adapters", "catlet network adapter name"), ("drives", "drive name")):
        _check_items(issues, configuration, members, label)
    _check_parent(issues, configuration)
    _check_numbers(issues, configuration)
    if issues:
        raise Problem(400, INVALID, issues)
    configuration["name"] = str(configuration["name"]).lower()
    configuration["project"] = str(configuration["project"]).lower()
    return configuration


def project_name(body: Mapping[str, object]) -> str:
    """The name of a new project, in lower case; ``default`` is reserved."""
    name = body.get("name")
    if name is None:
        raise Problem(400, errors={"$.name": ["The name field is required."]})
    issues: dict[str, list[str]] = {}
    _check_name(issues, "$.name", "project name", name, 20, has_dots=True)
    if isinstance(name, str) and name.lower() == "default":
        issues["$.name"] = ["The project name 'default' is reserved."]
    if issues:
        raise Problem(400, errors=issues)
    return str(name).lower()


@dataclass(frozen=True, slots=True)
class NewDisk:
    """What a request for a new disk asks for; the size in GiB."""

    project_id: str
    name: str
    location: str
    size: int
    environment: str = "default"
    store: str = "default"


def new_disk(body: Mapping[str, object]) -> NewDisk:
    """The disk in a request, names in lower case."""
    issues: dict[str, list[str]] = {}
    for member in ("project_id", "name", "location", "size"):
        if body.get(member) is None:
            issues[f"$.{member}"] = [f"The {member} field is required."]
    if issues:
        raise Problem(400, errors=issues)
    project_id, name, location, size = (body[member] for member in ("project_id", "name", "location", "size"))
    wanted = guid(project_id)
    if wanted is None:
        issues["$.project_id"] = ["The project ID is invalid."]
    _check_name(issues, "$.name", "drive name", name, 50, has_dots=False)
    _check_name(issues, "$.location", "storage identifier", location, 20, has_dots=True)
    place = {member: str(body.get(member) or "default").lower() for member in ("environment", "store")}
    _check_name(issues, "$.environment", "environment name", place["environment"], 50, has_dots=True)
    _check_name(issues, "$.store", "data store name", place["store"], 50, has_dots=True)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= 65536:
        issues["$.size"] = ["The size must be between 1 and 65536 GiB."]
    if issues or wanted is None or not isinstance(size, int):
        raise Problem(400, errors=issues)
    return NewDisk(wanted, str(name).lower(), str(location).lower(), size, **place)


def _check_name(
    issues: dict[str, list[str]], path: str, label: str, value: object, longest: int, *, has_dots: bool
) -> None:
    found = []
    if not isinstance(value, str):
        found.append(f"The {label} must be a string.")
    elif not 1 <= len(value) <= longest:
        found.append(f"The {label} must be between 1 and {longest} characters long.")
    else:
        allowed = (
            "latin characters, numbers, dots and hyphens" if has_dots else "latin characters, numbers and hyphens"
        )
        if not re.fullmatch(r"[A-Za-z0-9.-]+" if has_dots else r"[A-Za-z0-9-]+", value):
            found.append(f"The {label} contains invalid characters. Only {allowed} are permitted.")
        elif value[0] in ".-" or value[-1] in ".-" or re.search(r"[.-]{2}", value):
            found.append(f"The {label} cannot begin, end or go on twice with a dot or hyphen.")
    if found:
        issues[path] = found


def _check_items(issues: dict[str, list[str]], configuration: dict[str, object], members: str, label: str) -> None:
    items = configuration.get(members, [])
    if not isinstance(items, list):
        issues[f"$.configuration.{members}"] = [f"The {members} must be a list."]
        return
    for index, item in enumerate(items):
        path = f"$.configuration.{members}[{index}]"
        if not isinstance(item, dict):
            issues[path] = ["The item must be an object."]
        else:
            _check_name(issues, f"{path}.name", label, item.get("name"), 50, has_dots=False)


def _check_parent(issues: dict[str, list[str]], configuration: dict[str, object]) -> None:
    parent = configuration.get("parent")
    if parent is not None and not (isinstance(parent, str) and _GENE_SET.match(parent.lower())):
        issues["$.configuration.parent"] = ["The gene set identifier is invalid. It must be org/set or org/set/tag."]


def _check_numbers(issues: dict[str, list[str]], configuration: dict[str, object]) -> None:
    """``cpu: 2`` and ``memory: 1024`` are short for objects; they are stored as these."""
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
