"""Clients of the identity API, which may request tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

from .value import Value


@dataclass(frozen=True, slots=True)
class IdentityClient(Value):
    """A client with the scopes it may request and its roles. The client of the system has no name ("")."""

    id: str
    name: str = ""
    allowed_scopes: tuple[str, ...] = ()
    tenant_id: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityClientWithSecret(IdentityClient):
    """A client with its new private key (PEM text) or shared secret, returned only once. No repr shows it."""

    key: str = field(default="", repr=False)
