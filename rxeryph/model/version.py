"""The version of the compute API."""

from __future__ import annotations

from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True, order=True)
class ApiVersion(Value):
    """Major and minor version of the compute API. A server without the version endpoint is 1.0."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    def supports(self, required: ApiVersion) -> bool:
        """True if a call that needs ``required`` works: same major version, at least its minor version."""
        return self.major == required.major and self.minor >= required.minor
