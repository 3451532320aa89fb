"""What a configuration may refer to by name: data stores, environments, sites."""

from __future__ import annotations

from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True)
class ConfigOption(Value):
    """A name from the server's configuration. Only environments have a ``site``."""

    name: str
    site: str | None = None
