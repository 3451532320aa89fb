"""The variables of a configuration: their values in fodder, and what is secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .members import Configuration, by_name, items, name_of
from .normalising import Refused

REDACTED = "#REDACTED"
_REFERENCE = re.compile(r"{{\s*?(\S*?)\s*?}}")
_UNSET = {"boolean": "false", "number": "0"}


def with_system_variables(configuration: Mapping[str, Any], catlet_id: str, vm_id: str) -> Configuration:
    """The configuration with the variables that the server provides."""
    more = [
        {"name": name, "type": "string", "value": value, "required": False, "secret": False}
        for name, value in (("catletId", catlet_id), ("vmId", vm_id))
    ]
    return {**configuration, "variables": [*items(configuration, "variables"), *more]}


def substituted(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration with values for the references in its fodder. Raises Refused for those that have none."""
    variables = by_name(items(configuration, "variables"))
    issues = [issue for variable in variables.values() for issue in _missing(variable, "catlet variable")]
    fodder = []
    for entry in items(configuration, "fodder"):
        own = {}
        for name, variable in by_name(items(entry, "variables")).items():
            value, is_secret = _filled(variable.get("value") or "", variables, entry, issues)
            own[name] = {**variable, "value": value, "secret": bool(variable.get("secret")) or is_secret}
            issues += _missing(own[name], f"variable of the fodder '{entry.get('name')}'")
        content, is_secret = _filled(entry.get("content") or "", {**variables, **own}, entry, issues)
        fodder.append({**entry, "content": content, "secret": is_secret})
    if issues:
        raise Refused("\n".join(["The values of variables cannot be filled in.", *issues]))
    return {**configuration, "fodder": fodder}


def with_values(configuration: Mapping[str, Any], values: Mapping[str, str]) -> Configuration:
    """The configuration with ``values`` for its variables, by their names in lower case."""
    variables = items(configuration, "variables")
    filled = [{**each, "value": values.get(name_of(each), each.get("value"))} for each in variables]
    return {**configuration, "variables": filled} if variables else dict(configuration)


def redacted(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration with a placeholder for what is secret."""
    found = dict(configuration)
    for member, part in (("variables", "value"), ("fodder", "content")):
        if items(configuration, member):
            found[member] = [_redacted(item, part) for item in items(configuration, member)]
    return found


def _redacted(item: Mapping[str, Any], part: str) -> Configuration:
    shown = redacted(item)  # fodder has variables of its own
    return {**shown, part: REDACTED} if item.get("secret") is True else shown


def _missing(variable: Mapping[str, Any], what: str) -> list[str]:
    if not variable.get("required") or variable.get("value"):
        return []
    return [f"The {what} '{variable['name']}' is required and has no value."]


def _filled(
    content: str, variables: Mapping[str, Configuration], fodder: Mapping[str, Any], issues: list[str]
) -> tuple[str, bool]:
    """The content with values for its references, and whether one of them is secret."""
    secrets = []

    def value(reference: re.Match[str]) -> str:
        variable = variables.get(reference[1].lower())
        if variable is None:
            problem = "does not exist" if reference[1].isidentifier() else "is not a name"
            issues.append(f"The variable '{reference[1]}' in the fodder '{fodder.get('name')}' {problem}.")
            return reference[0]
        secrets.append(variable.get("secret") is True)
        return str(variable.get("value") or _UNSET.get(str(variable.get("type")), ""))

    filled = _REFERENCE.sub(value, content)
    return filled, any(secrets)
