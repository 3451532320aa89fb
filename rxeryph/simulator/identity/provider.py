"""The identity provider: discovery, keys, and the token endpoint, which really verifies the client."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ..access import SCOPES, Tokens, granted
from ..rows import ClientRow

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLOCK_SKEW = 300


class Refusal(Exception):
    """The client gets no token, but an OAuth error with a description."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


class Identity:
    """Answers below ``url``. ``is_strict`` requires assertions for the issuer, as servers since API 1.2 do."""

    def __init__(self, url: str, clients: Mapping[str, ClientRow], tokens: Tokens, *, is_strict: bool) -> None:
        self.url = url
        self.is_strict = is_strict
        self._clients = clients
        self._tokens = tokens

    @property
    def token_url(self) -> str:
        return f"{self.url}/connect/token"

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/.well-known/jwks", self.jwks),
            Route("/connect/token", self.token, methods=["POST"]),
        ]

    async def discovery(self, request: Request) -> JSONResponse:
        document: dict[str, object] = {
            "issuer": self._tokens.issuer,
            "token_endpoint": self.token_url,
            "jwks_uri": f"{self.url}/.well-known/jwks",
            "grant_types_supported": ["client_credentials"],
            "scopes_supported": sorted(SCOPES),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        }
        if self.is_strict:
            document["eryph_client_assertion_audience"] = "issuer"
        return JSONResponse(document)

    async def jwks(self, request: Request) -> JSONResponse:
        return JSONResponse(self._tokens.jwks())

    async def token(self, request: Request) -> JSONResponse:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        try:
            return JSONResponse(self._grant(form, request.headers.get("authorization")))
        except Refusal as refusal:
            headers = {"WWW-Authenticate": 'Basic realm="eryph"'} if refusal.status == 401 else None
            document = {"error": refusal.error, "error_description": refusal.description}
            return JSONResponse(document, refusal.status, headers)

    def _grant(self, form: Mapping[str, str], authorization: str | None) -> dict[str, object]:
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, "unsupported_grant_type", "The specified 'grant_type' is not supported.")
        client = self._client(form, authorization)
        requested = form.get("scope", "").split()
        allowed = granted(client.scopes)
        if any(scope not in SCOPES or scope not in allowed for scope in requested):
            raise Refusal(400, "invalid_scope", "The specified scope is not supported.")
        scopes = requested or client.scopes
        return {
            "access_token": self._tokens.issue(client, scopes),
            "token_type": "Bearer",
            "expires_in": max(1, int(self._tokens.lifetime)),
        }

    def _client(self, form: Mapping[str, str], authorization: str | None) -> ClientRow:
        client_id, secret = form.get("client_id"), form.get("client_secret")
        if authorization is not None and authorization.lower().startswith("basic "):
            client_id, secret = _basic(authorization[6:])
        if not client_id:
            raise Refusal(400, "invalid_request", "The mandatory 'client_id' parameter is missing.")
        client = self._clients.get(client_id)
        if client is None:
            raise _invalid_client()
        if secret is not None:
            if client.secret is None or not hmac.compare_digest(secret.encode(), client.secret.encode()):
                raise _invalid_client()
        elif form.get("client_assertion_type") == ASSERTION_TYPE and client.public_key is not None:
            self._check_assertion(client, client.public_key, form.get("client_assertion", ""))
        else:
            raise _invalid_client()
        return client

    def _check_assertion(self, client: ClientRow, key: RSAPublicKey, assertion: str) -> None:
        kind = "client-authentication+jwt" if self.is_strict else "JWT"
        audience = self._tokens.issuer if self.is_strict else self.token_url
        try:
            if jwt.get_unverified_header(assertion).get("typ") != kind:
                raise _invalid_client()
            claims = jwt.decode(
                assertion,
                key,
                algorithms=["RS256"],
                audience=audience,
                issuer=client.id,
                leeway=CLOCK_SKEW,
                options={"require": ["exp", "iss", "sub", "aud"]},
            )
        except jwt.InvalidTokenError:
            raise _invalid_client() from None
        # The audience must be that string alone; a list that contains it is not enough.
        if claims["sub"] != client.id or claims["aud"] != audience:
            raise _invalid_client()


def _basic(credentials: str) -> tuple[str, str]:
    try:
        client_id, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal(400, "invalid_request", "The Authorization header is invalid.") from None
    return unquote(client_id), unquote(secret)


def _invalid_client() -> Refusal:
    return Refusal(401, "invalid_client", "The specified client credentials are invalid.")
