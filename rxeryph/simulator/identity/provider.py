"""The identity provider: discovery, keys, and the token endpoint, which really verifies the client.

Its paths are read in any case and with a slash at the end, with every method, before anything else is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import Response

from ..access import Tokens
from ..level import Level
from ..problem import Problem
from ..rows import ClientRow
from .grants import Grants
from .refusal import Refusal

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache", "Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}
_FORM = "application/x-www-form-urlencoded"


class Identity:
    """Answers below ``url``, as servers of ``level`` do."""

    def __init__(self, url: str, clients: Mapping[str, ClientRow], tokens: Tokens, level: Level) -> None:
        self._url = url
        self._is_strict = level.is_strict
        self._tokens = tokens
        self._grants = Grants(clients, tokens, level, f"{url}/connect/token")

    async def answer(self, request: Request, path: str) -> Response | None:
        """The answer to a request for the undecoded ``path``; None if it is not the provider's."""
        match unquote(path).lower().removesuffix("/"):
            case "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server":
                return self._document(request, self._discovery())
            case "/.well-known/jwks":
                return self._document(request, self._tokens.jwks())
            case "/connect/token":
                return await self._token(request)
        return None

    def _discovery(self) -> dict[str, object]:
        document: dict[str, object] = {
            "issuer": self._tokens.issuer,
            "token_endpoint": f"{self._url}/connect/token",
            "jwks_uri": f"{self._url}/.well-known/jwks",
            "grant_types_supported": ["client_credentials"],
            "scopes_supported": ["openid"],
            "claims_supported": ["aud", "exp", "iat", "iss", "sub"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
            "prompt_values_supported": ["consent", "login", "none", "select_account"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "require_pushed_authorization_requests": False,
            "tls_client_certificate_bound_access_tokens": False,
        }
        if self._is_strict:
            document["eryph_client_assertion_audience"] = "issuer"
        for feature in ("claims_parameter", "request_parameter", "request_uri_parameter"):
            document[f"{feature}_supported"] = False
        return document | {"authorization_response_iss_parameter_supported": True}

    def _document(self, request: Request, document: dict[str, object]) -> Response:
        if request.method != "GET":
            return _response(request, _wrong_method().document, 400)
        return _response(request, document)

    async def _token(self, request: Request) -> Response:
        content = await request.body()
        headers = dict(_NO_STORE)
        try:
            form = _form(request, content)
            document = self._grants.token(form, request.headers.get("authorization"))
            return _response(request, document, 200, headers)
        except Refusal as refusal:
            if refusal.status == 401:
                headers["WWW-Authenticate"] = refusal.challenge
            return _response(request, refusal.document, refusal.status, headers)
        except Problem as problem:
            return _response(request, problem.document(_trace_id(request)), problem.status, problem.headers)


def _form(request: Request, content: bytes) -> dict[str, str]:
    """The fields of a form. One that comes twice counts as missing, also if its letters differ in case."""
    if request.method != "POST":
        raise _wrong_method()
    kind = request.headers.get("content-type")
    if not kind:
        raise Refusal("invalid_request", "The Content-Type header is missing. Send a form.", "ID2081")
    if not kind.lower().startswith(_FORM):
        raise Refusal("invalid_request", f"The Content-Type must be {_FORM}.", "ID2082")
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value in parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True):
        found.setdefault(name.lower(), []).append((name, value))
    return dict(given[0] for given in found.values() if len(given) == 1)


def _wrong_method() -> Refusal:
    return Refusal("invalid_request", "The method of the request is not supported here.", "ID2084")


def _response(
    request: Request, document: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    named = {"x-ms-client-request-id": _trace_id(request)}
    content = json.dumps(document, separators=(",", ":")).encode()
    return Response(content, status, {**(headers or {}), **named, "content-type": "application/json;charset=UTF-8"})


def _trace_id(request: Request) -> str:
    given = ",".join(request.headers.getlist("x-ms-client-request-id"))
    return given if given.strip() else str(uuid.uuid4())
