"""Grants access tokens to clients that prove who they are, in the order of the server's checks."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from urllib.parse import unquote_plus

from ..access import Tokens
from ..level import Level
from ..rows import ClientRow
from .assertions import ASSERTION_TYPE, checked_issuer, checked_issuer_before_1_2
from .refusal import Refusal


class Grants:
    """Grants tokens to ``clients``, as servers of ``level`` do at ``url``."""

    def __init__(self, clients: Mapping[str, ClientRow], tokens: Tokens, level: Level, url: str) -> None:
        self._clients = clients
        self._tokens = tokens
        self._level = level
        self._url = url

    def token(self, form: Mapping[str, str], authorization: str | None) -> dict[str, object]:
        """The answer to a request for a token. Raises Refusal."""
        form = {name: value for name, value in form.items() if value}
        _add_basic(form, authorization)
        self._check_form(form)
        requested = list(dict.fromkeys(form.get("scope", "").split()))
        known = self._tokens.scopes.known
        if not known.union(("openid",)).issuperset(requested):
            raise Refusal("invalid_scope", f"One of the scopes is not known. Known are {_listed(known)}.", "ID2052")
        client = self._client(form)
        allowed = self._tokens.scopes.allowed(client.scopes) | {"openid"}
        if not allowed.issuperset(requested):
            error, page = ("invalid_request", "ID2051") if self._level.is_before_0_4_1 else ("invalid_scope", None)
            raise Refusal(error, f"The client may not ask for that. It may have {_listed(allowed)}.", page)
        scopes = requested or client.scopes
        answer: dict[str, object] = {
            "access_token": self._tokens.issue(client, scopes),
            "token_type": "Bearer",
            "expires_in": max(1, int(self._tokens.lifetime)),
        }
        if scopes and not requested:
            answer["scope"] = " ".join(scopes)
        if "openid" in requested:
            answer["id_token"] = self._tokens.identity(client)
        return answer

    def _check_form(self, form: Mapping[str, str]) -> None:
        if "grant_type" not in form:
            raise _missing("grant_type")
        if form["grant_type"] != "client_credentials":
            raise Refusal("unsupported_grant_type", "The only grant_type is client_credentials.", "ID2032")
        if "offline_access" in form.get("scope", "").split():
            raise Refusal("invalid_request", "There are no refresh tokens. Leave out offline_access.", "ID2035")
        is_strict = self._level.is_strict
        if "client_id" not in form and not (is_strict and "client_assertion" in form):
            raise _missing("client_id", "invalid_request" if is_strict else "invalid_client")
        pair = "client_assertion", "client_assertion_type"
        if (pair[0] in form) != (pair[1] in form):
            page = "ID2037" if is_strict else "ID2057"
            raise Refusal("invalid_request", f"{pair[0]} and {pair[1]} must be sent together.", page)
        if "client_assertion" in form and "client_secret" in form:
            raise _several_proofs()
        if form.get("client_assertion_type", ASSERTION_TYPE) != ASSERTION_TYPE:
            error, page = ("invalid_client", "ID2032") if is_strict else ("invalid_request", "ID2057")
            raise Refusal(error, f"The client_assertion_type must be {ASSERTION_TYPE}.", page)
        if "client_assertion" not in form and "client_secret" not in form:
            raise Refusal("invalid_request", "Send a client_assertion or a client_secret.", "ID2057")

    def _client(self, form: Mapping[str, str]) -> ClientRow:
        client_id, assertion = form.get("client_id"), form.get("client_assertion")
        if assertion is not None and self._level.is_strict:
            client_id = checked_issuer(assertion, self._clients, self._tokens.issuer, client_id)
        elif assertion is not None:
            client_id = checked_issuer_before_1_2(assertion, self._clients, self._url, form["client_id"])
        client = self._clients.get(client_id or "")
        if client is None:
            raise Refusal("invalid_client", f"There is no client {client_id!r}.".replace('"', "'"), "ID2052")
        if assertion is None and not _is_same(client.secret, form["client_secret"]):
            raise Refusal("invalid_client", "The client_secret is not that of the client.", "ID2055")
        return client


def _add_basic(form: dict[str, str], authorization: str | None) -> None:
    """Add the id and secret of a Basic header to the form."""
    if authorization is None or not authorization.lower().startswith("basic "):
        return
    if "client_assertion" in form or "client_secret" in form:
        raise _several_proofs()
    try:
        pair = base64.b64decode(authorization[6:].strip(), validate=True).decode("ascii", "replace")
    except binascii.Error:
        pair = ""
    client_id, colon, secret = pair.partition(":")
    if not colon:
        raise Refusal("invalid_request", "The Basic header holds no client id and secret.", "ID2055")
    for name, value in (("client_id", client_id), ("client_secret", secret)):
        form.pop(name, None)
        if value:
            form[name] = unquote_plus(value)


def _is_same(secret: str | None, given: str) -> bool:
    return secret is not None and hmac.compare_digest(secret.encode(), given.encode())


def _missing(name: str, error: str = "invalid_request") -> Refusal:
    return Refusal(error, f"The {name} is missing. Add it to the form.", "ID2029")


def _several_proofs() -> Refusal:
    return Refusal("invalid_request", "The client proves itself twice. Send an assertion or a secret.", "ID2087")


def _listed(scopes: frozenset[str]) -> str:
    return ", ".join(sorted(scopes))
