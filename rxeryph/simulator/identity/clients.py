"""The endpoints of clients: their scopes and their keys."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from ..api import Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.guids import guid
from ..binding.shapes import BOOLEAN, STRING, ListOf, Member
from ..bodies.names import Issues
from ..database import Database
from ..documents import Document
from ..level import Level
from ..private_key import PrivateKey
from ..problem import Invalid, Problem
from ..rows import ClientRow
from ..scopes import Scopes
from ..well_known import SUPER_ADMIN, SYSTEM_CLIENT

LONGEST_NAME = 254
_NAMED = {
    "name": Member(STRING, is_required=True, is_nullable=False),
    "allowed_scopes": Member(ListOf(STRING), is_required=True, is_nullable=False),
}


def _too_long(name: object) -> str | None:
    is_long = isinstance(name, str) and len(name) > LONGEST_NAME
    return f"The name must have at most {LONGEST_NAME} characters. Make it shorter." if is_long else None


_CHECKS = {"name": _too_long}
_NEW = Body("client", _NAMED | {"roles": Member(ListOf(STRING))}, _CHECKS)
_CHANGED = Body("Client", _NAMED, _CHECKS)
_KEY = Body("Body", {"shared_secret": Member(BOOLEAN)})


class Clients:
    """The clients that may get tokens. A caller sees those of its tenant. Changes take effect at once."""

    def __init__(self, database: Database, level: Level) -> None:
        self._database = database
        self._scopes = Scopes(level).known
        self._protects_system_client = not level.is_first

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "identity:clients:read", "identity:clients:write"
        return (
            Endpoint("GET", "/v1/clients", read, self.list, is_negotiated=True),
            Endpoint("POST", "/v1/clients", write, self.create, body=_NEW),
            Endpoint("GET", "/v1/clients/{id}", read, self.get, is_negotiated=True),
            Endpoint("PUT", "/v1/clients/{id}", write, self.update, body=_CHANGED),
            Endpoint("DELETE", "/v1/clients/{id}", write, self.delete),
            Endpoint("POST", "/v1/clients/{id}/key", write, self.new_key, body=_KEY),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [_document(client) for client in self._clients(call)]}

    def get(self, call: Call) -> Answer:
        return 200, _document(self._client(call))

    def create(self, call: Call) -> Answer:
        """Create a client. Only this answer contains its private key."""
        body = call.body()
        scopes = self._checked(body)
        key, roles = PrivateKey(), (SUPER_ADMIN,) if body.get("roles") else ()
        client = ClientRow(
            self._database.new_id(), call.caller.tenant_id, str(body["name"]), scopes, key, roles=roles
        )
        self._database.clients[client.id] = client
        return 201, {"key": key.pem(), **_document(client)}

    def update(self, call: Call) -> Answer:
        body = call.body()
        scopes = self._checked(body)
        client = self._changeable(call)
        client.name, client.scopes = str(body["name"]), scopes
        return 200, _document(client)

    def delete(self, call: Call) -> Answer:
        """Delete a client. Its tokens stay valid until they expire."""
        del self._database.clients[self._changeable(call).id]
        return 204, None

    def new_key(self, call: Call) -> Answer:
        """Replace the private key of a client or, on request, its shared secret. The other one stays as it is."""
        client = self._changeable(call)
        if call.body().get("shared_secret") is True:
            client.secret = base64.b64encode(self._database.random.randbytes(64), b"-_").decode().replace("=", "0")
            return 200, {"key": client.secret, **_document(client)}
        client.key = key = PrivateKey()
        return 200, {"key": key.pem(), **_document(client)}

    def _clients(self, call: Call) -> Iterable[ClientRow]:
        """The clients of the caller's tenant."""
        return (row for row in self._database.clients.values() if row.tenant_id == call.caller.tenant_id)

    def _client(self, call: Call) -> ClientRow:
        client = next((row for row in self._clients(call) if row.id == call.path["id"]), None)
        if client is None:
            raise Problem(404)
        return client

    def _changeable(self, call: Call) -> ClientRow:
        client = self._client(call)
        if client.id == SYSTEM_CLIENT and self._protects_system_client:
            raise Problem(400, "The system client cannot be changed or deleted. Choose another client.")
        return client

    def _checked(self, body: Mapping[str, object]) -> tuple[str, ...]:
        """The scopes in a body. Raises Invalid with a message for each scope and role that is not known."""
        scopes, roles = _entries(body, "allowed_scopes"), _entries(body, "roles")
        if not all(scopes):
            raise Problem(500)  # the server fails on a scope without a name
        issues: Issues = {}
        if unknown := [scope for scope in scopes if scope not in self._scopes]:
            known = ", ".join(sorted(self._scopes))
            issues["$.AllowedScopes"] = [f"The scope {each} is not known. Use one of {known}." for each in unknown]
        if wrong := [role for role in roles if guid(role) != SUPER_ADMIN]:
            issues["$.Roles"] = [f"The role {each} is not known. The only one is {SUPER_ADMIN}." for each in wrong]
        if issues:
            raise Invalid(issues)
        return tuple(dict.fromkeys(map(str, scopes)))


def _entries(body: Mapping[str, object], member: str) -> list[object]:
    given = body.get(member)
    return given if isinstance(given, list) else []


def _document(client: ClientRow) -> Document:
    return {
        "id": client.id,
        **({} if client.name is None else {"name": client.name}),
        "roles": list(client.roles),
        "tenant_id": client.tenant_id,
        "allowed_scopes": list(client.scopes),
    }
