"""Requests to the identity provider: discovery, the proof of who the client is, and the answer with a token."""

from __future__ import annotations

import base64
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode

from ..errors import AuthenticationError, ConfigurationError, TransportError
from ..http import Http, Reply
from ..reading import read_json
from ..retry import is_transient_status, read_retry_after
from .client_credentials import ClientCredentials
from .endpoints import check_url, is_same_url, origin

logger = logging.getLogger("rxeryph")

ASSERTION_LIFETIME = 300
"""Seconds."""
TOLERATED_SKEW = 30.0
"""Seconds by which the clocks of both sides may differ."""
DEFAULT_LIFETIME = 3600.0
"""Seconds of a token whose answer does not name them, or names an absurd number."""
LONGEST_LIFETIME = 366 * 86400.0
"""Seconds."""

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class _Discovered:
    """The token endpoint, and the issuer if the server requires it as the audience of an assertion."""

    token_endpoint: str
    issuer: str | None


class IdentityProvider:
    """The identity provider at ``endpoint``, for one client. Not thread-safe."""

    def __init__(
        self,
        http: Http,
        endpoint: str,
        credentials: ClientCredentials,
        *,
        issuer: str | None = None,
        allow_http: bool = False,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._endpoint = endpoint
        self._credentials = credentials
        self._issuer = issuer
        self._allow_http = allow_http
        self._wall = wall
        self._skew = 0.0
        self._discovered: _Discovered | None = None

    def request_token(self, scopes: Sequence[str]) -> tuple[str, float]:
        """A new token, and its lifetime in seconds; without ``scopes`` it has all that the client has.

        Raises AuthenticationError when the provider refuses and TransportError when it does not answer.
        """
        if self._discovered is None:
            self._discovered = self._discover()
        url = self._discovered.token_endpoint
        reply = self._ask_for_token(self._discovered, scopes)
        if reply.status in (400, 401) and self._credentials.private_key is not None and self._correct_clock(reply):
            reply = self._ask_for_token(self._discovered, scopes)
        answer = _members(reply)
        token = answer.get("access_token")
        if reply.status != 200 or not isinstance(token, str) or not token:
            raise self._refusal(reply, answer, url)
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise AuthenticationError(
                f"{url} answered with a token that no request can carry. Check the identity endpoint.", url=url
            )
        return token, _lifetime(answer.get("expires_in"))

    def _discover(self) -> _Discovered:
        url = f"{self._endpoint}/.well-known/openid-configuration"
        reply = self._send("GET", url, {"Accept": "application/json"})
        document = _members(reply)
        token_endpoint, issuer = document.get("token_endpoint"), document.get("issuer")
        needs_issuer = str(document.get("eryph_client_assertion_audience", "")).lower() == "issuer"
        if reply.status != 200 or not isinstance(token_endpoint, str):
            problem: str | None = (
                f"No eryph identity provider at {self._endpoint}: discovery answered {reply.status} without a token"
                " endpoint. Check the identity endpoint."
            )
        else:
            problem = self._problem_of_token_endpoint(token_endpoint)
        if problem is None and needs_issuer:
            problem = self._problem_of_issuer(issuer)
        if problem is not None:
            raise AuthenticationError(problem, url=url)
        return _Discovered(str(token_endpoint), str(issuer) if needs_issuer else None)

    def _problem_of_token_endpoint(self, url: str) -> str | None:
        """Why the key or secret must not be used at this token endpoint, None if it may: it is for this host only."""
        named = f"The identity provider at {self._endpoint} names a token endpoint"
        try:
            check_url(url, "token_endpoint", self._allow_http)
            scheme, *here = origin(self._endpoint)
            other_scheme, *there = origin(url)
        except (ConfigurationError, ValueError):
            return f"{named} that cannot be used. Check the identity endpoint."
        if here != there:
            host = f"{there[0]}:{there[1]}"
            return f"{named} on another host ({host}). Use that host as identity endpoint if it is the right one."
        if scheme == "https" and other_scheme == "http":
            return f"{named} without TLS, which would show the client's secret to the network. Correct it there."
        return None

    def _problem_of_issuer(self, issuer: object) -> str | None:
        """Why no assertion is made for this issuer, None if one may be: another server could use it there."""
        if not isinstance(issuer, str) or not issuer:
            return f"Discovery at {self._endpoint} requires the issuer as audience but names none."
        try:
            is_right = is_same_url(issuer, self._issuer) if self._issuer else origin(issuer) == origin(self._endpoint)
            name = "{}://{}:{}".format(*origin(issuer))
        except ValueError:
            is_right, name = False, "no URL"
        if is_right:
            return None
        expected = "issuer= (or ERYPH_ISSUER)" if self._issuer else "the identity endpoint"
        return (
            f"Discovery at {self._endpoint} names an issuer other than {expected} ({name}), which could use what the"
            " client signs for it. Pass issuer= or set ERYPH_ISSUER if it is the right one."
        )

    def _ask_for_token(self, discovered: _Discovered, scopes: Sequence[str]) -> Reply:
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        form = {"grant_type": "client_credentials"}
        client_id, secret = self._credentials.client_id, self._credentials.client_secret
        if self._credentials.private_key is not None:
            assertion = self._assertion(discovered)
            form |= {"client_id": client_id, "client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}
        else:
            pair = f"{quote(client_id, safe='')}:{quote(secret or '', safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        if scopes:
            form["scope"] = " ".join(scopes)
        return self._send("POST", discovered.token_endpoint, headers, urlencode(form).encode())

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        reply = self._http.send(self._http.prepare(method, url, headers, body))
        if is_transient_status(reply.status):
            raise TransportError(
                f"{method} {url}: the identity provider answered {reply.status}. Is it still starting?",
                method=method,
                url=url,
                retry_after=read_retry_after(reply.headers.get("retry-after"), reply.headers.get("date")),
            )
        return reply

    def _assertion(self, discovered: _Discovered) -> str:
        import jwt  # only when a key is used: it takes longer to import than the rest of the library

        now = int(self._wall() + self._skew)
        client_id = self._credentials.client_id
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": discovered.issuer or discovered.token_endpoint,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + ASSERTION_LIFETIME,
        }
        kind = "client-authentication+jwt" if discovered.issuer else "JWT"
        assert self._credentials.private_key is not None
        return jwt.encode(claims, self._credentials.private_key, algorithm="RS256", headers={"typ": kind})

    def _correct_clock(self, reply: Reply) -> bool:
        """Make assertions by the provider's clock if this machine's is too far off; True if that changes them."""
        try:
            skew = parsedate_to_datetime(reply.headers.get("date", "")).timestamp() - self._wall()
        except (TypeError, ValueError, OverflowError, IndexError):
            return False
        if abs(skew - self._skew) <= TOLERATED_SKEW:
            return False
        logger.info("this machine's clock differs from the identity provider's by %.0f s", skew)
        self._skew = skew
        return True

    def _refusal(self, reply: Reply, answer: Mapping[str, object], url: str) -> AuthenticationError:
        error, description = (
            value if isinstance(value, str) else None
            for value in (answer.get("error"), answer.get("error_description"))
        )
        hints = {
            "invalid_client": "Check client_id= and its key or secret, and that this machine's clock is right.",
            "invalid_scope": "Ask for fewer scopes, or for none to get all the client has.",
        }
        reason = ": ".join(part for part in (error, description) if part) or "no token in the answer"
        return AuthenticationError(
            f"The identity provider refused client {self._credentials.client_id!r} ({reply.status}, {reason})."
            f" {hints.get(error or '', 'Check the identity endpoint and the client.')}",
            error=error,
            description=description,
            url=url,
        )


def _members(reply: Reply) -> Mapping[str, object]:
    """The members of a JSON object, none for anything else."""
    try:
        data = read_json(reply.body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _lifetime(value: object) -> float:
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return DEFAULT_LIFETIME
    return seconds if 0 < seconds <= LONGEST_LIFETIME else DEFAULT_LIFETIME
