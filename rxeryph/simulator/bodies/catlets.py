"""The configuration of a catlet."""

from __future__ import annotations

from collections.abc import Mapping

from ..level import CURRENT, Level
from ..problem import Invalid
from .catlet_rules import issues_of
from .catlet_shape import catlet_shape
from .configurations import read_configuration, within
from .names import Issues

INVALID = "The catlet configuration is invalid."


def catlet_configuration(body: Mapping[str, object], level: Level) -> dict[str, object]:
    """The configuration in a request, with its name and project in lower case. Raises Invalid."""
    configuration, issues = checked_configuration(str(body["configuration"]), level)
    if issues:
        raise Invalid(within(issues, "$.configuration", level), INVALID)
    names = {member: str(configuration[member]).lower() for member in ("name", "project") if member in configuration}
    return configuration | names


def checked_configuration(text: str, level: Level = CURRENT) -> tuple[dict[str, object], Issues]:
    """The configuration in JSON, and what is wrong with it, by paths that begin with ``$``."""
    configuration, issues = read_configuration(text, catlet_shape(level), level)
    return configuration, issues or issues_of(configuration, is_old=level.is_old)
