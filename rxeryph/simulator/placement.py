"""Where the host can put catlets and disks, and how it connects them."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Placement:
    """What the host has beside the default environment, data store and network provider, by names in lower case."""

    environments: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    flat_providers: tuple[str, ...] = ()
    """Network providers without subnets: catlets get their addresses from the network outside."""

    @property
    def providers(self) -> tuple[str, ...]:
        """All network providers. The default one is an overlay, with a subnet and a pool called default."""
        return (DEFAULT, *self.flat_providers)

    def refusal(self, environment: str, store: str) -> str | None:
        """Why nothing can be put there; None if it can."""
        if store not in (DEFAULT, *self.stores):
            return f"The data store '{store}' is not part of the placement configuration of the controller."
        if environment not in (DEFAULT, *self.environments):
            return f"The environment '{environment}' is not part of the placement configuration of the controller."
        return None
