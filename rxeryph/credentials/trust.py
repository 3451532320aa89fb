"""How much a source of keys and endpoints is trusted, and which of them may be used together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ..errors import ConfigurationError


class Trust(IntEnum):
    """How much a source is trusted; a higher value is more.

    A lock file counts as the user's, because its server runs on this machine and users keep its clients in their
    store. A configuration that the caller names counts as the caller's where it is in the user's store.
    """

    CURRENT_DIRECTORY = 0
    SYSTEM = 1
    USER = 2
    CALLER = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A place where a key or an endpoint was found."""

    place: str
    trust: Trust


def check_trust(client_id: str, secret: Source, service: str, endpoint: Source) -> None:
    """Raise ConfigurationError unless the endpoint's source is at least as trusted as that of the key or secret.

    Otherwise, write access to a folder would be enough to make this machine sign in at any server.
    """
    if endpoint.trust >= secret.trust:
        return
    step = "give endpoint= (or ERYPH_IDENTITY_ENDPOINT)"
    if endpoint.trust == Trust.USER:
        step += ", or name the configuration"
    raise ConfigurationError(
        f"The key or secret of client {client_id!r} is from {secret.place}, but the {service} endpoint is from a less"
        f" trusted source, {endpoint.place}. To use them together, {step}.",
        place=endpoint.place,
        member=f"endpoints.{service}",
    )
