"""Clients of the identity API: who may request tokens, and with which key."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from ..arguments import described
from ..configuration.refusal import invalid
from ..model import IdentityClient, IdentityClientWithSecret
from ..wire import load_client, load_client_with_secret, load_clients
from .calls import Group
from .checks import check_client_id, check_string, check_strings

LONGEST_NAME = 254


class Clients(Group):
    """The clients that an identity server knows.

    A change is complete when the call returns. A request that may have arrived is not sent again; its TransportError
    has ``may_have_arrived``.
    """

    def list(self) -> tuple[IdentityClient, ...]:
        """The clients of the tenant."""
        return self._read("/v1/clients", load_clients)

    def get(self, client_id: str) -> IdentityClient:
        """One client. Raises NotFoundError when it does not exist or is not visible."""
        return self._read(_path(client_id), load_client)

    def create(
        self, name: str, allowed_scopes: Sequence[str], *, roles: Sequence[str] = ()
    ) -> IdentityClientWithSecret:
        """Create a client. Its private key (``key``, PEM text) is returned only once, here."""
        body = _members(name, allowed_scopes)
        if roles:
            body["roles"] = check_strings(roles, "$.roles")
        return self._with_secret("/v1/clients", body)

    def update(self, client_id: str, name: str, allowed_scopes: Sequence[str]) -> IdentityClient:
        """Change a client's name and scopes."""
        path, body = _path(client_id), _members(name, allowed_scopes)
        return load_client(self._transport.send("PUT", path, body), self._transport.url(path))

    def delete(self, client_id: str) -> None:
        """Delete a client. Tokens that it already has stay valid until they expire."""
        self._transport.send("DELETE", _path(client_id))

    def new_key(self, client_id: str, *, shared_secret: bool = False) -> IdentityClientWithSecret:
        """Replace a client's key with a new private key or a shared secret. The old key stops working at once."""
        return self._with_secret(f"{_path(client_id)}/key", {"shared_secret": bool(shared_secret)})

    def _with_secret(self, path: str, body: dict[str, object]) -> IdentityClientWithSecret:
        return load_client_with_secret(self._transport.send("POST", path, body), self._transport.url(path))


def _path(client_id: str) -> str:
    if check_client_id(client_id, "client_id") in (".", ".."):
        raise invalid("client_id", f"{described(client_id)} is not the id of a client.")
    return f"/v1/clients/{quote(client_id, safe='')}"


def _members(name: str, allowed_scopes: Sequence[str]) -> dict[str, object]:
    return {
        "name": check_string(name, "$.name", 1, LONGEST_NAME),
        "allowed_scopes": check_strings(allowed_scopes, "$.allowed_scopes"),
    }
