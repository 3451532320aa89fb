"""What a search for a server and a client found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .certificates import SYSTEM, Certificates
from .client_credentials import ClientCredentials
from .endpoints import Endpoints


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the server is and which client to use there, and how both were found. It holds no key and no secret.

    ``configuration`` is None when none was needed; ``client_from`` and ``endpoints_from`` name the places where the
    client and the endpoints were found; ``attempts`` lists the places without an answer, with the reason.
    ``is_looked_up_again`` is True if a server that moves is looked for; it is not if the caller gave the endpoints.
    """

    endpoints: Endpoints
    client_id: str
    configuration: str | None
    client_from: str
    endpoints_from: str
    attempts: tuple[tuple[str, str], ...] = ()
    is_looked_up_again: bool = False
    certificates: Certificates = SYSTEM
    """Which certificates the server may show, unless the caller says so with ``verify``."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the whereabouts, and the credentials that must not show in them."""

    whereabouts: Whereabouts
    credentials: ClientCredentials = field(repr=False)
    look_again: Callable[[], Found] | None = field(default=None, repr=False)
    """Searches the same configuration for the same client again; None if the caller gave the endpoints."""
