"""Access tokens: kept, renewed before they expire, and never requested by two threads at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ..errors import ConfigurationError
from ..http import Http
from ..process import ProcessLock
from .client_credentials import ClientCredentials
from .configurations import is_name
from .identity_provider import IdentityProvider

RENEWAL_MARGIN = 300.0
"""Seconds before its end when a token is renewed, or a fifth of its lifetime if that is less."""


class TokenSource:
    """Returns an access token that is valid now. Thread-safe.

    Without ``scopes`` the token has all scopes of the client. ``clock`` is monotonic and measures how old a token
    is; ``wall`` is the time of day, for the assertions that a key signs. Both are in seconds.
    """

    def __init__(
        self,
        http: Http,
        identity_endpoint: str,
        credentials: ClientCredentials,
        scopes: Sequence[str] | None = None,
        *,
        issuer: str | None = None,
        allow_http: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._name = f"TokenSource({identity_endpoint!r}, client_id={credentials.client_id!r})"
        self._provider = IdentityProvider(
            http, identity_endpoint, credentials, issuer=issuer, allow_http=allow_http, wall=wall
        )
        self._scopes = _check_scopes(scopes)
        self._clock = clock
        self._lock = ProcessLock()
        self._token = ""
        self._renew_at = 0.0

    def __repr__(self) -> str:
        return self._name

    def token(self) -> str:
        """The current token, or a new one if that expires soon.

        Raises AuthenticationError when the provider refuses and TransportError when it does not answer.
        """
        if self._is_fresh():
            return self._token
        with self._lock:
            if not self._is_fresh():
                self._request()
            return self._token

    def renew(self, rejected: str) -> tuple[str, bool]:
        """A token other than ``rejected``, which the server did not accept; one request for many threads.

        Also whether it was requested just now. Else another thread requested it, perhaps before a restart of the
        server. Raises as ``token`` does.
        """
        with self._lock:
            is_new = self._token == rejected
            if is_new:
                self._request()
            return self._token, is_new

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that the current token names, empty if it cannot be read; requests a token if there is none."""
        import jwt

        try:
            claims = jwt.decode(self.token(), options={"verify_signature": False})
        except (jwt.InvalidTokenError, ValueError, RecursionError):  # a client need not be able to read its token
            return ()
        return tuple(str(claims.get("scope", "")).split())

    def _is_fresh(self) -> bool:
        return bool(self._token) and self._clock() < self._renew_at

    def _request(self) -> None:
        requested_at = self._clock()
        self._token, lifetime = self._provider.request_token(self._scopes)
        self._renew_at = requested_at + lifetime - min(RENEWAL_MARGIN, lifetime * 0.2)


def _check_scopes(scopes: Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(scopes, str):
        scopes = scopes.split()
    if not isinstance(scopes, Sequence | None):
        raise ConfigurationError(f"scopes must be a list of strings, not {type(scopes).__name__}.", member="scopes")
    for scope in scopes or ():
        if not isinstance(scope, str) or not is_name(scope) or any(character.isspace() for character in scope):
            raise ConfigurationError("scopes: each must be one scope, such as compute:read.", member="scopes")
    return tuple(scopes or ())
