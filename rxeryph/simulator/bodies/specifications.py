"""Catlet specifications: their content in JSON or YAML, architectures, and values of variables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import yaml

from ..problem import Problem
from ..rows import VersionRow
from .catlets import catlet_configuration
from .reading import optional_string

ARCHITECTURE = "hyperv/amd64"
_CONTENT = "$.configuration.content"


def new_version(body: Mapping[str, object], version_id: str, created: int) -> VersionRow:
    """The version in a request, as a row."""
    given = body.get("configuration")
    if not isinstance(given, dict):
        raise Problem(400, errors={"$.configuration": ["The configuration field is required."]})
    content_type, content = given.get("content_type"), given.get("content")
    if content_type not in ("application/json", "application/yaml"):
        raise _wrong("$.configuration.content_type", "The content type must be application/json or application/yaml.")
    if not isinstance(content, str):
        raise _wrong(_CONTENT, "The content field is required.")
    architectures = body.get("architectures")
    if architectures is not None and not isinstance(architectures, list):
        raise _wrong("$.architectures", "The JSON value could not be converted to a list.")
    wanted = [architecture(each, f"$.architectures[{index}]") for index, each in enumerate(architectures or [])]
    return VersionRow(
        version_id,
        created,
        optional_string(body, "comment"),
        str(content_type),
        content,
        _configuration(str(content_type), content),
        tuple(dict.fromkeys(wanted)) or (ARCHITECTURE,),
    )


def architecture(value: object, path: str) -> str:
    """An architecture in lower case. Raises Problem 400 for a malformed one."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9]+/[a-z0-9]+", value.lower()):
        raise _wrong(path, "The architecture is invalid. It must be hypervisor/processor.")
    return value.lower()


def deployment_variables(body: Mapping[str, object], configuration: Mapping[str, object]) -> dict[str, str]:
    """The values in a request for the variables of a configuration, every required one included."""
    given = body.get("variables")
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise _wrong("$.variables", "The variables field is required. It must be an object with string values.")
    declared = configuration.get("variables")
    known = [item for item in declared if isinstance(item, dict)] if isinstance(declared, list) else []
    names = {str(item.get("name")).lower() for item in known}
    for name in given:
        if name.lower() not in names:
            raise _wrong("$.variables", f"The variable '{name}' is not defined.")
    values = {name.lower(): value for name, value in given.items()}
    for item in known:
        name = str(item.get("name")).lower()
        if item.get("required") is True and item.get("value") is None and name not in values:
            raise _wrong("$.variables", f"The variable '{name}' is required but no value was given.")
    return values


def _configuration(content_type: str, content: str) -> dict[str, object]:
    try:
        data = json.loads(content) if content_type == "application/json" else yaml.safe_load(content)
        data = json.loads(json.dumps(data))  # YAML has values that JSON lacks
    except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        raise _wrong(_CONTENT, f"The content is not valid: {' '.join(str(error).split())}") from None
    try:
        return catlet_configuration({"configuration": data})
    except Problem as problem:
        errors = {
            path.replace("$.configuration", _CONTENT, 1): found for path, found in (problem.errors or {}).items()
        }
        raise Problem(problem.status, problem.detail, errors) from None


def _wrong(path: str, message: str) -> Problem:
    return Problem(400, errors={path: [message]})
