"""Client assertions: JSON Web Tokens that a client signs to prove who it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import jwt
from jwt.types import Options

from ..problem import Problem
from ..rows import ClientRow
from .refusal import Refusal

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TYPES = ("client-authentication+jwt", "application/client-authentication+jwt")
CLOCK_SKEW = 300

_ONLY_THE_SIGNATURE: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def checked_issuer(assertion: str, clients: Mapping[str, ClientRow], audience: str, client_id: str | None) -> str:
    """The client that made an assertion for ``audience``, as servers since API 1.2 check it. Raises Refusal.

    ``client_id`` is the client that the request names, if it names one.
    """
    claims = _signed(assertion, clients)
    if str(jwt.get_unverified_header(assertion).get("typ")).lower() not in TYPES:
        raise Refusal("invalid_client", f"The assertion must have the type (typ) {TYPES[0]}.", "ID2089")
    if _is_number(claims.get("exp")) and claims["exp"] + CLOCK_SKEW < time.time():
        raise Refusal("invalid_client", "The assertion has expired. Make another.", "ID2019")
    match claims.get("aud"):
        case []:
            del claims["aud"]
        case [audience_of_list]:
            claims["aud"] = audience_of_list
    for claim in ("iss", "sub", "aud", "exp", "iat", "nbf", "jti", "azp"):
        is_valid = _is_number if claim in ("exp", "iat", "nbf") else _is_string
        if claim in claims and not is_valid(claims[claim]):
            raise Refusal("invalid_request", f"The claim {claim} of the assertion has the wrong type.", "ID2171")
    for claim in ("iss", "sub", "aud", "exp"):
        if claim not in claims:
            raise Refusal("invalid_request", f"The assertion lacks the claim {claim}. Add it.", "ID2172")
    if claims["sub"] != claims["iss"]:
        raise _wrong_claim("sub", "must be the same as iss")
    if client_id is not None and claims["iss"] != client_id:
        raise _wrong_claim("iss", f"must be the client_id, {client_id}")
    if claims["aud"].removesuffix("/") != audience.removesuffix("/"):
        raise _wrong_claim("aud", f"must be the issuer, {audience}")
    return str(claims["iss"])


def checked_issuer_before_1_2(assertion: str, clients: Mapping[str, ClientRow], audience: str, client_id: str) -> str:
    """The client that made an assertion for ``audience``, as servers before API 1.2 check it. Raises Refusal.

    They look at the signature, the issuer, the audience and the times, and at nothing else. They fail (Problem 500)
    for an assertion that is not a JSON Web Token at all.
    """
    client = clients.get(client_id)
    if client is None:
        raise Refusal("invalid_client", f"There is no client {client_id!r}.".replace('"', "'"), "ID2052")
    if client.key is None:
        raise Refusal("unauthorized_client", "The client has no key. Send its secret.", "ID2043")
    try:
        jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError:
        raise Problem(500) from None
    try:
        jwt.decode(
            assertion,
            client.key.public_key,
            algorithms=["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            audience=[audience, f"{audience}/"],
            issuer=client.id,
            leeway=CLOCK_SKEW,
            options={"require": ["exp"], "verify_iat": False, "verify_sub": False, "verify_jti": False},
        )
    except jwt.InvalidTokenError as error:
        message = f"The assertion is not accepted: {error}.".replace('"', "'")
        raise Refusal("invalid_client", message, "ID2055") from None
    return client.id


def _signed(assertion: str, clients: Mapping[str, ClientRow]) -> dict[str, Any]:
    """The claims of an assertion, which must be signed by the client that it names as its issuer."""
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise Refusal("invalid_client", "The assertion is not a JSON Web Token.", "ID2004") from None
    if header.get("alg") == "none":
        raise Refusal("invalid_client", "The assertion is not signed.", "ID2091")
    issuer = claims.get("iss")
    if not issuer:
        raise Refusal("invalid_client", "The assertion names no client in iss.", "ID2004")
    client = clients.get(issuer) if isinstance(issuer, str) else None
    if client is not None and client.key is not None:
        try:
            jwt.decode(assertion, client.key.public_key, algorithms=["RS256"], options=_ONLY_THE_SIGNATURE)
        except jwt.InvalidTokenError:
            client = None
    if client is None or client.key is None:
        raise Refusal("invalid_client", f"No key of the client {issuer} made the signature.", "ID2090")
    return claims


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _wrong_claim(claim: str, rule: str) -> Refusal:
    return Refusal("invalid_grant", f"The claim {claim} of the assertion {rule}.", "ID2173")
