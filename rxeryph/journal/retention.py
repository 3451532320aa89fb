"""How long a journal keeps operations."""

from __future__ import annotations

from datetime import timedelta

from ..errors import ConfigurationError

LONGEST = timedelta(days=365_000)
"""Any longer time is for ever too, and is not a date any more when it is subtracted from one."""


def checked_keep(keep: timedelta | None) -> timedelta | None:
    """How long to keep operations. Raises ConfigurationError unless ``keep`` is None or a timedelta above 0."""
    if keep is not None and not (isinstance(keep, timedelta) and keep > timedelta(0)):
        message = f"keep must be a timedelta above 0, such as timedelta(days=30), not {keep!r}."
        raise ConfigurationError(message, member="keep")
    return None if keep is None else min(keep, LONGEST)
