"""Where the host can put catlets and disks."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Placement:
    """The environments and data stores that the host has beside the default ones, by their names in lower case."""

    environments: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()

    def refusal(self, environment: str, store: str) -> str | None:
        """Why nothing can be put there; None if it can."""
        if store not in (DEFAULT, *self.stores):
            return f"The data store '{store}' is not part of the placement configuration of the controller."
        if environment not in (DEFAULT, *self.environments):
            return f"The environment '{environment}' is not part of the placement configuration of the controller."
        return None
