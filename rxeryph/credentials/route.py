"""The way to a server: where it is now, and the tokens for it; searched again when the server may have moved."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import ConfigurationError
from ..http import Http
from ..process import ProcessLock
from .endpoints import Endpoints
from .found import Found, Whereabouts
from .tokens import TokenSource

logger = logging.getLogger("rxeryph")

SEARCH_GAP = 1.0
"""Seconds between two searches: many requests fail at once when a server stops."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One place of a server, with the tokens for it."""

    endpoints: Endpoints
    tokens: TokenSource


class Route:
    """The way to the server that was ``found``; ``site`` is where it is now. Thread-safe.

    eryph-zero takes a new port, and maybe a new key, at every start. Endpoints that were found, not given, are
    searched again when the server cannot be reached, in the same configuration and for the same client.
    """

    def __init__(
        self,
        http: Http,
        found: Found,
        scopes: Sequence[str] | None = None,
        *,
        allow_http: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.http = http
        self._found = found
        self._scopes = scopes
        self._allow_http = allow_http
        self._clock = clock
        self._lock = ProcessLock()
        self._searched_at = -SEARCH_GAP
        self.site = self._site_of(found)

    def __repr__(self) -> str:
        return f"Route({self.site.endpoints.compute!r}, client_id={self.found.client_id!r})"

    @property
    def found(self) -> Whereabouts:
        """Where the server is now, and how it was found."""
        return self._found.whereabouts

    def relocate(self, lost: Site) -> bool:
        """Search for a server that does not answer at ``lost``, and use the site that is found from now on.

        True if ``site`` is now another one, with other endpoints or another key of the client. Searches at most
        once a second.
        """
        with self._lock:
            if self.site is not lost:
                return True
            look_again = self._found.look_again
            if look_again is None or self._clock() < self._searched_at + SEARCH_GAP:
                return False
            self._searched_at = self._clock()
            try:
                found = look_again()
            except ConfigurationError as error:  # it is not there now, but may come back
                logger.info("%s does not answer, and no other place was found: %s", lost.endpoints.compute, error)
                return False
            endpoints = found.whereabouts.endpoints
            if endpoints == self.found.endpoints and found.credentials.is_same(self._found.credentials):
                return False
            logger.info("eryph was at %s and is now at %s", lost.endpoints.compute, endpoints.compute)
            self._found, self.site = found, self._site_of(found)
            return True

    def _site_of(self, found: Found) -> Site:
        endpoints = found.whereabouts.endpoints
        tokens = TokenSource(
            self.http,
            endpoints.identity,
            found.credentials,
            self._scopes,
            issuer=endpoints.issuer,
            allow_http=self._allow_http,
        )
        return Site(endpoints, tokens)
