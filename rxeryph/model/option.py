"""What may be named in a configuration: data stores, environments, sites."""

from __future__ import annotations

from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True)
class ConfigOption(Value):
    """A name the server's configuration knows; ``site`` is told for environments only."""

    name: str
    site: str | None = None
