"""Values for the variables of a catlet configuration."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ..arguments import described
from .documents import ROOT
from .refusal import check_size, check_text, invalid

Variables = Mapping[str, str | int | float | bool]
"""Values by the name of their variable, in any letter case."""

_VALUES = {"number": r"-?[0-9]{1,9}(\.[0-9]{0,3})?", "boolean": "true|false"}
_KINDS = {"number": "a number with up to 9 digits, and 3 after the decimal point", "boolean": "true or false"}


def fill_in(configuration: dict[str, object], variables: Variables | None) -> dict[str, object]:
    """``configuration`` with the values of ``variables``; unchanged if that is None. Raises InvalidRequestError.

    If the configuration has a parent, a variable that it does not declare counts as inherited and is added.
    Errors name the variable and never show a value.
    """
    if variables is None:
        return configuration
    given = _strings(variables)
    declared = configuration.get("variables")
    if declared is not None and not isinstance(declared, list):
        raise invalid(f"{ROOT}.variables", f"expected a list, got {type(declared).__name__}.")
    filled = []
    for variable in declared or ():
        name = variable.get("name") if isinstance(variable, dict) else None
        found = given.pop(name.casefold(), None) if isinstance(name, str) else None
        if found is not None:
            _check_kind(name, found[1], variable.get("type"))
            variable = {**variable, "value": found[1]}
        filled.append(variable)
    if given and not configuration.get("parent"):
        names = [str(each.get("name")) for each in declared or () if isinstance(each, dict)]
        unknown = next(iter(given.values()))[0]
        raise invalid(
            f"variables.{unknown}",
            f"the configuration declares no such variable; it declares {', '.join(names) or 'none'}.",
        )
    filled += [{"name": name, "value": value} for name, value in given.values()]
    return {**configuration, "variables": filled} if filled else configuration


def as_string(value: object) -> object:
    """The value of a variable as the server requires it: a number or boolean becomes a string, as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _strings(variables: object) -> dict[str, tuple[str, str]]:
    """Name and value of each, by its name in one letter case."""
    if not isinstance(variables, Mapping):
        raise invalid("variables", f"expected a mapping of names to values, got {type(variables).__name__}.")
    given: dict[str, tuple[str, str]] = {}
    for name, value in variables.items():
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,49}", name):
            raise invalid(
                "variables", f"{described(name)} is not a name: up to 50 letters, digits and _, no digit first."
            )
        path = f"variables.{name}"
        text = as_string(check_size(value, path) if isinstance(value, int) else value)
        if not isinstance(text, str) or (isinstance(value, float) and not math.isfinite(value)):
            kind = type(value).__name__
            raise invalid(path, f"expected a string, finite number or boolean, got {kind}.")
        check_text(text, path)
        if name.casefold() in given:
            raise invalid(path, f"the same variable is given as {given[name.casefold()][0]}.")
        given[name.casefold()] = (name, text)
    return given


def _check_kind(name: object, value: str, kind: object) -> None:
    declared = kind.casefold() if isinstance(kind, str) else ""
    if declared in _VALUES and not re.fullmatch(_VALUES[declared], value):
        raise invalid(f"variables.{name}", f"expected {_KINDS[declared]}, because it is declared as {declared}.")
