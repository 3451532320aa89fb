"""Where is eryph and who am I: endpoints, client credentials, access tokens."""

from __future__ import annotations

from ..errors import CredentialsNotFoundError
from .client_credentials import ClientCredentials
from .endpoints import Endpoints, resolve_endpoints
from .http import Fingerprint, Http, Timeout, Verify
from .tokens import TokenSource

__all__ = [
    "ClientCredentials",
    "Endpoints",
    "Fingerprint",
    "Http",
    "Timeout",
    "TokenSource",
    "Verify",
    "locate",
]


def locate(
    *,
    endpoint: str | None = None,
    identity_endpoint: str | None = None,
    compute_endpoint: str | None = None,
    client_id: str | None = None,
    private_key: str | None = None,
    client_secret: str | None = None,
    allow_http: bool = False,
) -> tuple[Endpoints, ClientCredentials]:
    """Find out where eryph is and who to be, from the arguments.

    Raises ConfigurationError for an argument that cannot be used and CredentialsNotFoundError, with the
    reasons, when the arguments do not say enough.
    """
    endpoints = resolve_endpoints(endpoint, identity_endpoint, compute_endpoint, allow_http=allow_http)
    missing = []
    if endpoints is None:
        missing.append(("endpoint", "not given"))
    if client_id is None:
        missing.append(("client_id", "not given"))
    if private_key is None and client_secret is None:
        missing.append(("private_key or client_secret", "not given"))
    if endpoints is None or client_id is None or missing:
        names = ", ".join(name for name, _ in missing)
        raise CredentialsNotFoundError(
            f"No credentials: {names} missing. Call connect(endpoint=..., client_id=..., private_key=...).",
            attempts=missing,
        )
    return endpoints, ClientCredentials.of(client_id, private_key, client_secret)
