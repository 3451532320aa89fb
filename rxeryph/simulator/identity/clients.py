"""The endpoints of clients: their scopes and their keys."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from ..access import SCOPES
from ..api import Answer, Call, Endpoint
from ..bodies.reading import guid, required_string, strings
from ..database import Database
from ..documents import Document
from ..problem import Problem
from ..rows import ClientRow
from ..well_known import ROLES, SUPER_ADMIN, TENANT_ID

LONGEST_NAME = 254


class Clients:
    """The clients that may get tokens. Changes take effect at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "identity:clients:read", "identity:clients:write"
        return (
            Endpoint("GET", "/v1/clients", read, self.list),
            Endpoint("POST", "/v1/clients", write, self.create),
            Endpoint("GET", "/v1/clients/{id}", read, self.get),
            Endpoint("PUT", "/v1/clients/{id}", write, self.update),
            Endpoint("DELETE", "/v1/clients/{id}", write, self.delete),
            Endpoint("POST", "/v1/clients/{id}/key", write, self.new_key),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [_document(client) for client in self._database.clients.values()]}

    def get(self, call: Call) -> Answer:
        return 200, _document(self._client(call))

    def create(self, call: Call) -> Answer:
        """Create a client. Only this answer contains its private key."""
        body = call.body()
        name, scopes, roles = _name(body), _scopes(body), _roles(body)
        key = new_private_key()
        client = ClientRow(self._database.new_id(), name, scopes, key.public_key(), roles=roles)
        self._database.clients[client.id] = client
        return 201, {**_document(client), "key": pem(key)}

    def update(self, call: Call) -> Answer:
        client, body = self._client(call), call.body()
        client.name, client.scopes = _name(body), _scopes(body)
        return 200, _document(client)

    def delete(self, call: Call) -> Answer:
        """Delete a client. Its tokens stay valid until they expire."""
        del self._database.clients[self._client(call).id]
        return 204, None

    def new_key(self, call: Call) -> Answer:
        """Replace the key of a client with a new private key or, on request, a shared secret."""
        client = self._client(call)
        if call.body().get("shared_secret") is True:
            client.public_key, client.secret = None, self._database.new_id()
            return 200, {**_document(client), "key": client.secret}
        key = new_private_key()
        client.public_key, client.secret = key.public_key(), None
        return 200, {**_document(client), "key": pem(key)}

    def _client(self, call: Call) -> ClientRow:
        client = self._database.clients.get(call.request.path_params["id"])
        if client is None:
            raise Problem(404)
        return client


def new_private_key() -> RSAPrivateKey:
    """A new private key for a client."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: RSAPrivateKey) -> str:
    """The key as PEM (PKCS#1), as eryph returns it."""
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, serialization.PrivateFormat.TraditionalOpenSSL, no_password).decode()


def _name(body: dict[str, object]) -> str:
    name = required_string(body, "name")
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Problem(400, errors={"$.name": [f"The name must be between 1 and {LONGEST_NAME} characters long."]})
    return name


def _scopes(body: dict[str, object]) -> tuple[str, ...]:
    found = strings(body, "allowed_scopes")
    if found is None:
        raise Problem(400, errors={"$.allowed_scopes": ["The allowed_scopes field is required."]})
    for index, scope in enumerate(found):
        if scope not in SCOPES:
            raise Problem(400, errors={f"$.allowed_scopes[{index}]": [f"The scope '{scope}' is not known."]})
    return tuple(dict.fromkeys(found))


def _roles(body: dict[str, object]) -> tuple[str, ...]:
    known = {*ROLES.values(), SUPER_ADMIN}
    found = [guid(role) or role for role in strings(body, "roles") or ()]
    for index, role in enumerate(found):
        if role not in known:
            raise Problem(400, errors={f"$.roles[{index}]": [f"The role '{role}' is not known."]})
    return tuple(dict.fromkeys(found))


def _document(client: ClientRow) -> Document:
    return {
        "id": client.id,
        "name": client.name,
        "allowed_scopes": list(client.scopes),
        "roles": list(client.roles),
        "tenant_id": TENANT_ID,
    }
