"""Clients of the identity API."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from ..model import IdentityClient, IdentityClientWithSecret
from ._loading import load, load_all
from ._schema import NounSchema, ReadField


class IdentityClientSchema(NounSchema):
    model = IdentityClient
    id = fields.String(required=True)
    name = fields.String()
    allowed_scopes = fields.List(fields.String(), required=True)
    tenant_id = fields.String()
    roles = fields.List(fields.String())


class Secret(ReadField[str]):
    """A string. An error does not repeat the value that is none."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Not a string.")
        return value


class IdentityClientWithSecretSchema(IdentityClientSchema):
    model = IdentityClientWithSecret
    key = Secret(required=True)


_CLIENT = IdentityClientSchema()
_WITH_SECRET = IdentityClientWithSecretSchema()


def load_client(data: object, url: str | None = None) -> IdentityClient:
    """A client from a decoded reply. Raises WireError."""
    return load(_CLIENT, IdentityClient, data, url)


def load_clients(data: object, url: str | None = None) -> tuple[IdentityClient, ...]:
    """The clients of a list reply. Raises WireError."""
    return load_all(_CLIENT, IdentityClient, data, url)


def load_client_with_secret(data: object, url: str | None = None) -> IdentityClientWithSecret:
    """A client with its new key from a decoded reply. Raises WireError, which does not show the key."""
    return load(_WITH_SECRET, IdentityClientWithSecret, data, url)
