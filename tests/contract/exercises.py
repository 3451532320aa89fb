"""``@exercises("GET /v1/catlets")``: which endpoints a behaviour test is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
_ENDPOINTS: dict[str, tuple[str, ...]] = {}


def exercises(*endpoints: str) -> Callable[[Function], Function]:
    """The test reaches each of ``endpoints`` (method and path) with success."""

    def mark(function: Function) -> Function:
        _ENDPOINTS[function.__name__] = endpoints
        return function

    return mark


def exercised_by(function: Callable[..., Any]) -> tuple[str, ...]:
    """What a test is marked with."""
    return _ENDPOINTS.get(function.__name__, ())


def shape(endpoint: str) -> re.Pattern[str]:
    """Matches the endpoint whatever stands for its parameters."""
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(endpoint)))
