"""A configuration on its way through an operation, and the results that operations return of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..rows import Built
from .building import GeneSource, build
from .members import Configuration, ordered, without_blank, without_empty
from .normalising import Refused
from .variables import redacted, substituted, with_system_variables


class Plan:
    """The ``given`` configuration, and what was built from it in a project."""

    def __init__(self, given: Mapping[str, Any], project: str, *, is_specification: bool = False) -> None:
        self.given = dict(given)
        self._named = without_blank(given)
        self._project = project
        self._is_specification = is_specification
        self._built: Built | None = None

    @property
    def title(self) -> str:
        """The name in the title of a task."""
        return str(self._named.get("name", "catlet")).lower()

    @property
    def built(self) -> Built:
        """The result of ``build``."""
        if self._built is None:
            raise Refused("The configuration was not built.")
        return self._built

    def build(self, source: GeneSource) -> None:
        """Build the configuration. Raises Refused."""
        self._built = build(source, {**self._named, "project": self._project})

    def refusals(self) -> Iterator[str]:
        """What the controller refuses before it asks for genes."""
        if self.given.get("config_type") not in (None, "configuration"):
            yield "$.config_type: The configuration must be a new one, without config_type."
        if "name" not in self._named:
            yield "$.name: The name is required."
        if self._is_specification and "project" in self._named:
            yield "$.project: A specification cannot name a project."


def expansion(built: Configuration, *, shows_secrets: bool) -> Configuration:
    """The result of an expansion. Raises Refused if variables have no values."""
    known = substituted(with_system_variables(built, "#catletId", "#vmId"))
    shown = without_empty(ordered(known))
    return shown if shows_secrets else redacted(shown)


def population(given: Mapping[str, Any], built: Configuration) -> Configuration:
    """The result of filling in variables: the given configuration with those of its parents."""
    return ordered({**given, "variables": built["variables"]})
