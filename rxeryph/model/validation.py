"""What the server says of a configuration that is only looked at."""

from __future__ import annotations

from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True)
class ValidationIssue(Value):
    """One thing that is wrong; ``member`` is its JSON path, None where it is the whole."""

    message: str
    member: str | None = None


@dataclass(frozen=True, slots=True)
class ValidationResult(Value):
    """Whether a configuration is valid, and why not."""

    is_valid: bool
    errors: tuple[ValidationIssue, ...] = ()
