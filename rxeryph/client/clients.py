"""Clients of the identity API: who may ask for tokens, and with which key."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from ..model import IdentityClient, IdentityClientWithSecret
from ..wire import load_client, load_client_with_secret, load_clients
from .calls import Group
from .checks import invalid

LONGEST_NAME = 254


class Clients(Group):
    """The clients an identity server knows; ``transport`` is that of the identity endpoint.

    Changes are done when the call returns. None is sent twice when it may have arrived: TransportError says so.
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
        """Create a client. Its private key (``key``, PEM text) is told this one time."""
        body = _members(name, allowed_scopes)
        if roles:
            body["roles"] = _texts(roles, "$.roles")
        return self._with_secret("/v1/clients", body)

    def update(self, client_id: str, name: str, allowed_scopes: Sequence[str]) -> IdentityClient:
        """Give a client another name and other scopes."""
        path, body = _path(client_id), _members(name, allowed_scopes)
        return load_client(self._transport.send("PUT", path, body), self._transport.url(path))

    def delete(self, client_id: str) -> None:
        """Delete a client; tokens it has work on until they expire."""
        self._transport.send("DELETE", _path(client_id))

    def new_key(self, client_id: str, *, shared_secret: bool = False) -> IdentityClientWithSecret:
        """Replace the key of a client by a new private key, or a ``shared_secret``; the old one ends at once."""
        return self._with_secret(f"{_path(client_id)}/key", {"shared_secret": bool(shared_secret)})

    def _with_secret(self, path: str, body: dict[str, object]) -> IdentityClientWithSecret:
        return load_client_with_secret(self._transport.send("POST", path, body), self._transport.url(path))


def _path(client_id: str) -> str:
    """Ids are not always GUIDs, as with ``system-client``."""
    if not isinstance(client_id, str) or not client_id.strip():
        raise invalid("client_id", "the id of a client is required.")
    if client_id in (".", ".."):
        raise invalid("client_id", f"{client_id!r} is not the id of a client.")
    return f"/v1/clients/{quote(client_id, safe='')}"


def _members(name: str, allowed_scopes: Sequence[str]) -> dict[str, object]:
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise invalid("$.name", f"must be a text of 1 to {LONGEST_NAME} characters.")
    return {"name": name, "allowed_scopes": _texts(allowed_scopes, "$.allowed_scopes")}


def _texts(values: Sequence[str], path: str) -> tuple[str, ...]:
    if isinstance(values, str):
        raise invalid(path, "expected a list of texts, got one text.")
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise invalid(f"{path}[{index}]", f"expected a text, got {type(value).__name__}.")
    return tuple(values)
