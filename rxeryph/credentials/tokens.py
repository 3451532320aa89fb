"""Access tokens: asked for when needed, kept, renewed ahead of their end, never by two threads at once."""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode, urlsplit

from ..errors import AuthenticationError, ConfigurationError, TransportError
from ..http import Http, Reply
from ..retry import is_transient_status, read_retry_after
from .client_credentials import ClientCredentials
from .endpoints import check_url

logger = logging.getLogger("rxeryph")

ASSERTION_LIFETIME = 300
TOLERATED_SKEW = 30.0
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenSource:
    """Gives a valid access token whenever one is asked for. Thread-safe.

    Without ``scopes`` the identity provider grants all the client has. A token is renewed when less than
    five minutes, or a fifth of its life if that is less, are left.
    """

    def __init__(
        self,
        http: Http,
        identity_endpoint: str,
        credentials: ClientCredentials,
        scopes: Sequence[str] | None = None,
        *,
        allow_http: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._identity = identity_endpoint
        self._credentials = credentials
        self._scopes = _check_scopes(scopes)
        self._allow_http = allow_http
        self._clock = clock
        self._wall = wall
        self._skew = 0.0
        self._lock = threading.Lock()
        self._discovered: tuple[str, str | None] | None = None
        self._token = ""
        self._renew_at = 0.0

    def __repr__(self) -> str:
        return f"TokenSource({self._identity!r}, client_id={self._credentials.client_id!r})"

    def token(self) -> str:
        """The current token, asking for one first where needed.

        Raises AuthenticationError when the provider refuses and TransportError when it does not answer.
        """
        if self._token and self._clock() < self._renew_at:
            return self._token
        with self._lock:
            if not self._token or self._clock() >= self._renew_at:
                self._ask()
            return self._token

    def renew(self, rejected: str) -> str:
        """A token other than ``rejected``, which the server did not accept; one request for many threads."""
        with self._lock:
            if self._token == rejected:
                self._ask()
            return self._token

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of the current token, as it says itself; asks for one first where needed."""
        import jwt

        try:
            claims = jwt.decode(self.token(), options={"verify_signature": False})
        except jwt.InvalidTokenError:  # a token need not be readable by its bearer
            return ()
        return tuple(str(claims.get("scope", "")).split())

    def _ask(self) -> None:
        url, issuer = self._discover()
        form = {"grant_type": "client_credentials", "client_id": self._credentials.client_id}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if self._credentials.private_key is not None:
            form |= {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": self._assertion(url, issuer)}
        else:
            client_id, secret = self._credentials.client_id, self._credentials.client_secret or ""
            pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
            del form["client_id"]
        if self._scopes:
            form["scope"] = " ".join(self._scopes)
        asked_at = self._clock()
        reply = self._send("POST", url, headers, urlencode(form).encode())
        if reply.status in (400, 401) and "client_assertion" in form and self._correct_clock(reply):
            form["client_assertion"] = self._assertion(url, issuer)
            reply = self._send("POST", url, headers, urlencode(form).encode())
        data = _json(reply)
        token = data.get("access_token")
        if reply.status != 200 or not isinstance(token, str) or not token:
            raise self._refusal(reply, data, url)
        lifetime = _seconds(data.get("expires_in"))
        self._token = token
        self._renew_at = asked_at + lifetime - min(300.0, lifetime * 0.2)

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        reply = self._http.send(self._http.prepare(method, url, headers, body))
        if is_transient_status(reply.status):
            raise TransportError(
                f"{method} {url}: the identity provider answered {reply.status}. Is it still starting?",
                method=method,
                url=url,
                retry_after=read_retry_after(reply.headers.get("Retry-After"), reply.headers.get("Date")),
            )
        return reply

    def _discover(self) -> tuple[str, str | None]:
        """The token endpoint, and the issuer where the server wants it as the audience of an assertion."""
        if self._discovered is None:
            url = f"{self._identity}/.well-known/openid-configuration"
            reply = self._send("GET", url, {"Accept": "application/json"})
            data = _json(reply)
            endpoint = data.get("token_endpoint")
            if reply.status != 200 or not isinstance(endpoint, str):
                raise AuthenticationError(
                    f"No eryph identity provider at {self._identity}: discovery answered {reply.status}"
                    " without a token endpoint. Check the identity endpoint.",
                    url=url,
                )
            # The key proves who we are only to the service that was named, never to another host.
            if urlsplit(endpoint).netloc != urlsplit(self._identity).netloc:
                raise AuthenticationError(
                    f"The identity provider at {self._identity} names a token endpoint on another host"
                    f" ({urlsplit(endpoint).netloc}). Use that host as identity endpoint if it is the right one.",
                    url=url,
                )
            check_url(endpoint, "token_endpoint", self._allow_http)
            issuer: str | None = None
            if str(data.get("eryph_client_assertion_audience", "")).lower() == "issuer":
                named = data.get("issuer")
                if not isinstance(named, str) or not named:
                    raise AuthenticationError(
                        f"Discovery at {self._identity} wants the issuer as audience but names none.", url=url
                    )
                issuer = named
            self._discovered = (endpoint, issuer)
        return self._discovered

    def _assertion(self, token_url: str, issuer: str | None) -> str:
        import jwt  # not before a key is used: it costs more than the rest of the library together

        now = int(self._wall() + self._skew)
        client_id = self._credentials.client_id
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": issuer or token_url,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + ASSERTION_LIFETIME,
        }
        kind = "client-authentication+jwt" if issuer else "JWT"
        assert self._credentials.private_key is not None
        return jwt.encode(claims, self._credentials.private_key, algorithm="RS256", headers={"typ": kind})

    def _correct_clock(self, reply: Reply) -> bool:
        """Make assertions by the provider's clock if this machine's is too far off; True if that changes them."""
        try:
            skew = parsedate_to_datetime(reply.headers.get("Date", "")).timestamp() - self._wall()
        except ValueError:
            return False
        if abs(skew - self._skew) <= TOLERATED_SKEW:
            return False
        logger.info("this machine's clock differs from the identity provider's by %.0f s", skew)
        self._skew = skew
        return True

    def _refusal(self, reply: Reply, data: Mapping[str, object], url: str) -> AuthenticationError:
        error, description = data.get("error"), data.get("error_description")
        error = error if isinstance(error, str) else None
        description = description if isinstance(description, str) else None
        hints = {
            "invalid_client": "Check client_id and its key or secret, and that this machine's clock is right.",
            "invalid_scope": "Ask for fewer scopes, or none for all the client has.",
        }
        said = ": ".join(part for part in (error, description) if part) or "no token in the answer"
        return AuthenticationError(
            f"The identity provider refused client {self._credentials.client_id!r} ({reply.status}, {said})."
            f" {hints.get(error or '', 'Check the identity endpoint and the client.')}",
            error=error,
            description=description,
            url=url,
        )


def _check_scopes(scopes: Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(scopes, str):
        scopes = scopes.split()
    for scope in scopes or ():
        if not scope or any(character.isspace() for character in scope):
            raise ConfigurationError(f"scopes: {scope!r} is not one scope.", member="scopes")
    return tuple(scopes or ())


def _json(reply: Reply) -> Mapping[str, object]:
    try:
        data = json.loads(reply.body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _seconds(value: object) -> float:
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 3600.0
    return seconds if seconds > 0 else 3600.0
