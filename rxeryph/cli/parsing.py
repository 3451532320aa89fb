"""Values as people type them: times, sizes and assignments."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ..errors import ConfigurationError

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def seconds_of(option: str) -> Callable[[str | float], float]:
    """Reads what is given for an option: seconds of ``90``, ``1.5h``, ``5m`` or ``2d``. Raises ConfigurationError."""

    def parse(given: str | float) -> float:
        try:
            return _seconds(given)
        except ValueError as error:
            raise ConfigurationError(f"{option}: {error}", place=option) from None

    return parse


def _seconds(given: str | float) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", str(given).lower())
    if match is None or match[2] not in _UNITS:
        raise ValueError(
            f"{str(given)!r} is not a time. Give a number of seconds, or a number with s, m, h, d or w, such as 2h."
        )
    return float(match[1]) * _UNITS[match[2]]


def moment(given: str, option: str) -> datetime:
    """The moment that was ``2h`` ago, or a time in ISO 8601; without an offset it is local.

    Raises ConfigurationError, which names the ``option``.
    """
    return _moment(given, option, -1.0, "how long ago, such as 30m, 2h or 3d")


def moment_ahead(given: str, option: str) -> datetime:
    """The moment that is ``2h`` from now, or a time as for ``moment``. Raises ConfigurationError."""
    return _moment(given, option, 1.0, "how long from now, such as 30m, 8h or 3d")


def _moment(given: str, option: str, sign: float, example: str) -> datetime:
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        found = None
    if found is not None and not given.strip().isdigit():
        return found.astimezone()
    try:
        return datetime.now(UTC) + sign * timedelta(seconds=_seconds(given))
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{option}: {given!r} is not a time. Give {example}, or a time such as 2026-01-31T15:00.", place=option
        ) from None


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """The names and values of ``NAME=VALUE``. Raises ConfigurationError, which does not show the value."""
    found: dict[str, str] = {}
    for each in given or ():
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise ConfigurationError(f"{option}: write NAME=VALUE, such as {option} size=20.", place=option)
        found[name.strip()] = value
    return found
