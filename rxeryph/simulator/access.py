"""Who may do what: access tokens, and roles in projects."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import jwt

from .problem import Problem
from .rows import ClientRow, OperationRow, ProjectRow
from .scopes import Scopes
from .signing import SigningKey
from .well_known import SUPER_ADMIN

_RANKS = ("reader", "contributor", "owner")


@dataclass(frozen=True, slots=True)
class Caller:
    """The client that a valid token was issued to."""

    client_id: str
    tenant_id: str
    scopes: frozenset[str]
    is_super_admin: bool = False

    def has_role(self, role: str, project: ProjectRow) -> bool:
        """Whether the caller has ``role`` in the project, or a higher one. A tenant sees only its own projects."""
        if project.tenant_id != self.tenant_id:
            return False
        if self.is_super_admin:
            return True
        enough = _RANKS[_RANKS.index(role) :]
        return any(
            member.client_id == self.client_id and member.role in enough for member in project.members.values()
        )

    def sees(self, operation: OperationRow) -> bool:
        """Whether the caller has a role in every project of the operation; one without is for its whole tenant."""
        if operation.tenant_id != self.tenant_id:
            return False
        for project in operation.projects:  # noqa: SIM110 - a list asks for thousands
            if not self.has_role("reader", project):
                return False
        return True

    def may_cancel(self, operation: OperationRow) -> bool:
        """Whether the caller requested the operation or owns all its projects."""
        if operation.tenant_id != self.tenant_id:
            return False
        owns = bool(operation.projects) and all(self.has_role("owner", project) for project in operation.projects)
        return self.is_super_admin or operation.requested_by == self.client_id or owns


NO_ONE = Caller("", "", frozenset())
"""The caller without a token, where a server before v0.4.1 needs none. It is in no tenant."""


class Tokens:
    """Issues and checks access tokens. Their lifetime is counted in real seconds."""

    def __init__(
        self, issuer: str, scopes: Scopes, lifetime: float, skew: float, clock: Callable[[], float] = time.time
    ) -> None:
        self.issuer = issuer
        self.scopes = scopes
        self.lifetime = lifetime
        self._skew = skew
        self._clock = clock
        self._key = SigningKey()
        self._checked: dict[tuple[str, str], tuple[float, Caller]] = {}

    def issue(self, client: ClientRow, scopes: Iterable[str]) -> str:
        """A signed access token for ``client``. Without scopes it is for no API."""
        scopes = tuple(scopes)
        audiences = sorted({f"{scope.partition(':')[0]}_api" for scope in scopes if ":" in scope})
        claims: dict[str, object] = self._times()
        if audiences:
            claims["aud"] = audiences[0] if len(audiences) == 1 else audiences
        if scopes:
            claims["scope"] = " ".join(scopes)
        claims |= {"jti": str(uuid.uuid4()), "sub": client.id}
        if client.name is not None:
            claims["name"] = client.name
        claims["tid"] = client.tenant_id
        if client.roles:
            claims["role"] = client.roles[0] if len(client.roles) == 1 else list(client.roles)
        claims |= {"oi_prst": client.id, "client_id": client.id, "oi_tkn_id": str(uuid.uuid4())}
        return self._key.sign(claims, "at+jwt")

    def identity(self, client: ClientRow) -> str:
        """A signed identity token for ``client``."""
        claims = self._times() | {"aud": client.id, "sub": client.id, "oi_tkn_id": str(uuid.uuid4())}
        return self._key.sign(claims, "JWT")

    def _times(self) -> dict[str, object]:
        now = self._clock()
        return {"iss": self.issuer, "exp": now + self.lifetime, "iat": int(now)}

    def caller(self, authorization: str | None, audience: str) -> Caller:
        """The caller that the Authorization header of a request to ``audience`` names. Raises Problem 401."""
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
        known = self._checked.get((token, audience))
        if known is None:
            known = self._checked[token, audience] = self._check(token.strip(), audience)
        expires, caller = known
        if self._clock() > expires + self._skew:
            raise _refused("The token has expired")
        return caller

    def jwks(self) -> dict[str, object]:
        """The public half of the signing key, as a JSON Web Key Set."""
        return {"keys": [self._key.document()]}

    def _check(self, token: str, audience: str) -> tuple[float, Caller]:
        try:
            claims = jwt.decode(
                token,
                self._key.public_key,
                algorithms=["RS256"],
                audience=audience,
                issuer=self.issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidTokenError as error:
            raise _refused(_reason(token, error)) from None
        scopes = self.scopes.granted(str(claims["scope"]).split())
        is_super_admin = SUPER_ADMIN in claims.get("role", ())
        return float(claims["exp"]), Caller(str(claims["sub"]), str(claims["tid"]), scopes, is_super_admin)


def _reason(token: str, error: jwt.InvalidTokenError) -> str | None:
    """What is wrong with a token; of one that cannot even be read, nothing is said."""
    try:
        jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return f"The token is not accepted: {error}".replace('"', "'")


def _refused(reason: str | None) -> Problem:
    described = "" if reason is None else f', error_description="{reason}"'
    return Problem(401, headers={"WWW-Authenticate": f'Bearer error="invalid_token"{described}'})
