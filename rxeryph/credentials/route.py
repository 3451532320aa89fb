"""The way to an eryph: where it is now and who to be there; looked up again when it has moved."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import ConfigurationError
from ..http import Http
from .chain import Whereabouts
from .endpoints import Endpoints
from .tokens import TokenSource

logger = logging.getLogger("rxeryph")

PATIENCE = 1.0
"""Seconds between two looks: many requests fail at once when a server goes."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One place of a server, with the tokens for it."""

    endpoints: Endpoints
    tokens: TokenSource


class Route:
    """Leads to the server's current ``site``, which was ``found``. Thread-safe.

    eryph-zero takes a new port, and maybe a new key, at every start. Where the endpoints were found and not given,
    they are looked up again when the server cannot be reached, in the same configuration and as the same client.
    """

    def __init__(
        self,
        http: Http,
        found: Whereabouts,
        scopes: Sequence[str] | None = None,
        *,
        allow_http: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.http = http
        self.found = found
        self._scopes = scopes
        self._allow_http = allow_http
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_at = -PATIENCE
        self.site = self._site_of(found)

    def __repr__(self) -> str:
        return f"Route({self.site.endpoints.compute!r}, client_id={self.found.credentials.client_id!r})"

    def has_moved(self, site: Site) -> bool:
        """Whether the server is elsewhere than ``site``, or has another key for the client; looks that up."""
        with self._lock:
            if self.site is not site:
                return True
            look_again = self.found.look_again
            if look_again is None or self._clock() < self._looked_at + PATIENCE:
                return False
            self._looked_at = self._clock()
            try:
                found = look_again()
            except ConfigurationError as error:  # not there now; it may come back
                logger.info("%s does not answer, and was looked up in vain: %s", site.endpoints.compute, error)
                return False
            if found.endpoints == self.found.endpoints and found.credentials.is_same(self.found.credentials):
                return False
            logger.info("eryph was at %s and is now at %s", site.endpoints.compute, found.endpoints.compute)
            self.found, self.site = found, self._site_of(found)
            return True

    def _site_of(self, found: Whereabouts) -> Site:
        tokens = TokenSource(
            self.http, found.endpoints.identity, found.credentials, self._scopes, allow_http=self._allow_http
        )
        return Site(found.endpoints, tokens)
