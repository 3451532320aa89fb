"""Which version of the server is simulated, and what differs between versions."""

from __future__ import annotations

from dataclasses import dataclass

NEWEST = (1, 3)
"""What the newest .NET client knows beyond API 1.2. Such a server still reports 1.2."""
API_VERSIONS = ((1, 0), (1, 1), (1, 2), NEWEST)


@dataclass(frozen=True, slots=True)
class Level:
    """A version of the API, and two traits of older servers that can be chosen separately.

    API 1.1 is v0.4 of the server, or with ``has_log_bug`` False v0.4.1 and v0.4.2. API 1.0 is v0.2.
    """

    api_version: tuple[int, int]
    is_strict: bool
    """The audience of client assertions is the issuer; before API 1.2 it is the token endpoint."""
    has_log_bug: bool
    """Log entries are sent only if ``log_time_stamp`` is given, as by servers before v0.4.1."""

    @classmethod
    def of(cls, api_version: tuple[int, int], *, strict: bool | None = None, log_bug: bool | None = None) -> Level:
        """The level of a version; None means as that version does. Raises ValueError for an unknown one."""
        if api_version not in API_VERSIONS:
            known = ", ".join(map(str, API_VERSIONS))
            raise ValueError(f"there is no server with API version {api_version}; there are {known}")
        is_old = api_version < (1, 2)
        return cls(api_version, not is_old if strict is None else strict, is_old if log_bug is None else log_bug)

    @property
    def reported(self) -> tuple[int, int]:
        """The version that the server says it has."""
        return min(self.api_version, (1, 2))

    def has(self, since: tuple[int, int]) -> bool:
        """Whether it has what came with the version ``since``."""
        return since <= self.api_version

    @property
    def is_before_0_4_1(self) -> bool:
        """Whether scopes do not include each other, and requests that need no scope need no token either."""
        return self.is_old and self.has_log_bug

    @property
    def is_first(self) -> bool:
        """Whether it has API 1.0, and so names members of requests in errors as .NET does."""
        return self.api_version < (1, 1)

    @property
    def is_old(self) -> bool:
        """Whether it is before API 1.2: no times, no cancellation, no housekeeping."""
        return self.api_version < (1, 2)


CURRENT = Level.of((1, 2))
"""The level of the server that was recorded."""
