"""The server's verdict on a configuration that it only checks."""

from __future__ import annotations

from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True)
class ValidationIssue(Value):
    """One fault; ``member`` is its JSON path, None if the whole configuration is at fault."""

    message: str
    member: str | None = None


@dataclass(frozen=True, slots=True)
class ValidationResult(Value):
    """Whether a configuration is valid, and why not."""

    is_valid: bool
    errors: tuple[ValidationIssue, ...] = ()
