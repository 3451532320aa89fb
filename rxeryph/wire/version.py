"""The version of the compute API."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from ..model import ApiVersion
from ._loading import load
from ._schema import NounSchema


class ApiVersionSchema(NounSchema):
    model = ApiVersion
    major = fields.Integer(required=True)
    minor = fields.Integer(required=True)


class VersionReplySchema(NounSchema):
    latest_version = fields.Nested(ApiVersionSchema, required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Any:
        return data["latest_version"]


_VERSION = VersionReplySchema()


def load_version(data: object, url: str | None = None) -> ApiVersion:
    """The version from a decoded reply. Raises WireError."""
    return load(_VERSION, ApiVersion, data, url)
