"""What variables of configurations and of fodder must fulfil."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import names
from .names import Issues, check_name

SYSTEM_VARIABLES = ("catletId", "vmId")
TYPES = (None, "string", "boolean", "number")
# The line break at the end is allowed by the server's patterns, which end with a dollar sign.
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{0,3})?\n?")
_BOOLEAN = re.compile(r"(?:true|false)\n?")


def check_variables(issues: Issues, path: str, variables: object) -> None:
    """Check each variable, and if all are well, whether their names are unique."""
    if not isinstance(variables, list):
        return
    before = dict(issues)
    for index, variable in enumerate(variables):
        place = f"{path}[{index}]"
        if not isinstance(variable, dict):
            issues[place] = ["The entry is null. Remove it."]
            continue
        check_name(issues, f"{place}.name", _name, variable.get("name"), is_required=True)
        value, kind = variable.get("value"), variable.get("type")
        if isinstance(value, str) and value.strip() and (found := wrong_value(value, kind)):
            issues[f"{place}.value"] = [found]
    if issues != before:
        return
    given = [str(variable["name"]).lower() for variable in variables]
    for name in sorted({name for name in given if given.count(name) > 1}):
        message = f"The variable name '{name}' occurs more than once. Rename or remove one."
        issues.setdefault(path, []).append(message)


def wrong_value(value: str, kind: object) -> str | None:
    """What is wrong with the value of a variable of that type."""
    if kind == "number" and not _NUMBER.fullmatch(value):
        return "The value must be a number with at most 9 digits before and 3 behind the point. Correct it."
    if kind == "boolean" and not _BOOLEAN.fullmatch(value):
        return "The value must be true or false. Correct it."
    if kind not in TYPES:
        return f"There is no type {kind} of variables, so the value cannot be valid. Change the type."
    return None


def _name(value: str) -> list[str]:
    found = names.variable(value)
    if not found and value.lower() in map(str.lower, SYSTEM_VARIABLES):
        found.append(f"The variable '{value}' is one that the system provides. Choose another name.")
    return found


def declared(variables: object) -> Mapping[str, Mapping[str, object]]:
    """The variables of a configuration by their names in lower case."""
    given = variables if isinstance(variables, list) else []
    return {str(each.get("name")).lower(): each for each in given if isinstance(each, dict)}
