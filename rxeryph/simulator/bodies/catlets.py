"""The configuration of a catlet."""

from __future__ import annotations

from collections.abc import Mapping

from ..problem import Problem
from .catlet_rules import issues_of
from .catlet_shape import CATLET
from .configurations import read_configuration, within
from .names import Issues

INVALID = "The catlet configuration is invalid."


def catlet_configuration(body: Mapping[str, object]) -> dict[str, object]:
    """The configuration in a request, with its name and project in lower case. Raises Problem 400."""
    configuration, issues = checked_configuration(str(body["configuration"]))
    if issues:
        raise Problem(400, INVALID, within(issues, "$.configuration"))
    names = {member: str(configuration[member]).lower() for member in ("name", "project") if member in configuration}
    return configuration | names


def checked_configuration(text: str) -> tuple[dict[str, object], Issues]:
    """The configuration in JSON, and what is wrong with it, by paths that begin with ``$``."""
    configuration, issues = read_configuration(text, CATLET)
    return configuration, issues or issues_of(configuration)
