"""Configurations, which stay plain JSON data."""

from __future__ import annotations

from collections.abc import Mapping

from ._loading import wire_error


def load_configuration(data: object, url: str | None = None) -> Mapping[str, object]:
    """The configuration in its envelope. Raises WireError."""
    if not isinstance(data, Mapping):
        raise wire_error({"_schema": ["Not an object."]}, data, url)
    configuration = data.get("configuration")
    if not isinstance(configuration, Mapping):
        raise wire_error({"configuration": ["Not an object."]}, data, url)
    return configuration
