"""Data stores, environments and sites."""

from __future__ import annotations

from marshmallow import fields

from ..model import ConfigOption
from ._loading import load_all
from ._schema import NounSchema


class ConfigOptionSchema(NounSchema):
    model = ConfigOption
    name = fields.String(required=True)
    site = fields.String()


_OPTION = ConfigOptionSchema()


def load_options(data: object, url: str | None = None) -> tuple[ConfigOption, ...]:
    """The options of a list reply. Raises WireError."""
    return load_all(_OPTION, ConfigOption, data, url)
