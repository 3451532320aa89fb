"""Problem details: how the server explains an error. Reading them never fails, because the error matters more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model.value import Value


@dataclass(frozen=True, slots=True)
class Problem(Value):
    """The useful members of a problem document; each may be missing."""

    title: str | None = None
    detail: str | None = None
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trace_id: str | None = None


def load_problem(data: object) -> Problem:
    """The problem in ``data``, whatever that is. Members of a wrong shape count as missing."""
    if not isinstance(data, Mapping):
        return Problem()

    def text(name: str) -> str | None:
        value = data.get(name)
        return value if isinstance(value, str) and value else None

    errors = data.get("errors")
    by_path: dict[str, tuple[str, ...]] = {}
    if isinstance(errors, Mapping):
        for path, messages in errors.items():
            by_path[str(path)] = tuple(map(str, messages)) if isinstance(messages, list) else (str(messages),)
    return Problem(text("title"), text("detail"), by_path, text("traceId"))
