"""Everything that ``connect`` is given, except what streams need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..credentials import Route, find
from ..errors import ConfigurationError
from ..http import Http, Timeout, Verify
from ..retry import ErrorBudget
from .transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """How to reach a server, and as which client. ``rxeryph.connect`` explains the members and their defaults.

    Long because it holds what ``connect`` takes. Raises ConfigurationError for ``workers`` below 1; ``open`` checks
    the rest.
    """

    configuration: str | None = None
    client_id: str | None = None
    endpoint: str | None = None
    identity_endpoint: str | None = None
    compute_endpoint: str | None = None
    private_key: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    issuer: str | None = None
    scopes: Sequence[str] | None = None
    error_budget: ErrorBudget | None = None
    request_timeout: Timeout | None = None
    workers: int = 8
    verify: Verify = True
    allow_http: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.workers, bool) or not isinstance(self.workers, int):
            kind = type(self.workers).__name__
            raise ConfigurationError(f"workers must be a whole number, not {kind}.", member="workers")
        if self.workers < 1:
            raise ConfigurationError(f"workers must be at least 1, not {self.workers}.", member="workers")

    def open(self) -> Transport:
        """Find the server and the client's credentials. Sends nothing.

        Raises ConfigurationError and CredentialsNotFoundError.
        """
        found = find(
            self.configuration,
            client_id=self.client_id,
            endpoint=self.endpoint,
            identity_endpoint=self.identity_endpoint,
            compute_endpoint=self.compute_endpoint,
            private_key=self.private_key,
            client_secret=self.client_secret,
            issuer=self.issuer,
            allow_http=self.allow_http,
        )
        verify = found.whereabouts.certificates.verify if self.verify is True else self.verify
        http = Http(verify=verify, timeout=self.request_timeout, connections=self.workers)
        return Transport(Route(http, found, self.scopes, allow_http=self.allow_http), self.error_budget)
