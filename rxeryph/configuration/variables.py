"""Values for the variables of a catlet configuration. Errors name the variable and never show a value."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..arguments import described, did_you_mean
from .names import variable_name
from .refusal import Sentence, check_size, check_text, invalid
from .relations import value_problem
from .short_forms import as_string

Variables = Mapping[str, str | int | float | bool]
"""Values by the name of their variable, in any letter case."""


def fill_in(
    configuration: dict[str, object], variables: Variables | None
) -> tuple[dict[str, object], tuple[Sentence, ...]]:
    """``configuration`` with the values of ``variables``, and where they do not fit it.

    If the configuration has a parent, a variable that it does not declare counts as inherited and is added. Raises
    InvalidRequestError if ``variables`` itself is wrong.
    """
    given = {} if variables is None else _strings(variables)
    declared = configuration.get("variables")
    if not given or not isinstance(declared, list | None):
        return configuration, ()
    problems: list[Sentence] = []
    filled: list[object] = []
    for variable in declared or ():
        name = variable.get("name") if isinstance(variable, dict) else None
        found = given.pop(name.casefold(), None) if isinstance(name, str) else None
        problem = None if found is None else value_problem(found[1], variable.get("type"))
        if problem is not None:
            problems.append((f"variables.{name}", f"{problem}."))
        elif found is not None:
            variable = {**variable, "value": found[1]}
        filled.append(variable)
    if not configuration.get("parent"):
        names = [str(each.get("name")) for each in filled if isinstance(each, dict)]
        for name, _ in given.values():
            advice = did_you_mean(name, names) if names else "It declares none."
            problems.append((f"variables.{name}", f"the configuration declares no such variable. {advice}"))
    else:
        filled += [{"name": name, "value": value} for name, value in given.values()]
    return {**configuration, "variables": filled}, tuple(problems)


def _strings(variables: object) -> dict[str, tuple[str, str]]:
    """Name and value of each, by its name in one letter case."""
    if not isinstance(variables, Mapping):
        raise invalid("variables", f"expected a mapping of names to values, got {type(variables).__name__}.")
    given: dict[str, tuple[str, str]] = {}
    for name, value in variables.items():
        if not isinstance(name, str):
            raise invalid("variables", f"the name {described(name)} is not a string.")
        for problem in variable_name(name):
            raise invalid("variables", f"{described(name)} {problem}.")
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
