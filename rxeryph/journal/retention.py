"""How long a journal keeps operations."""

from __future__ import annotations

from datetime import timedelta

from ..errors import ConfigurationError


def check_keep(keep: timedelta | None) -> None:
    """Raise ConfigurationError unless ``keep`` is None or a timedelta above 0."""
    if keep is not None and not (isinstance(keep, timedelta) and keep > timedelta(0)):
        message = f"keep must be a timedelta above 0, such as timedelta(days=30), not {keep!r}."
        raise ConfigurationError(message, member="keep")
