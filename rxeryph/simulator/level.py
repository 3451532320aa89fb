"""Which of eryph's servers this one is: everything in which they differ is asked here."""

from __future__ import annotations

from dataclasses import dataclass

API_VERSIONS = ((1, 0), (1, 1), (1, 2))


@dataclass(frozen=True, slots=True)
class Level:
    """A server by its API version, and what it does in the way of older ones."""

    api_version: tuple[int, int]
    is_strict: bool
    """Client assertions are for the issuer; before API 1.2 for the token endpoint."""
    has_log_bug: bool
    """No log entries unless ``log_time_stamp`` is given, as in servers before v0.4.1."""

    @classmethod
    def of(cls, api_version: tuple[int, int], *, strict: bool | None = None, log_bug: bool | None = None) -> Level:
        """The level of ``api_version``; None: as that version does. Raises ValueError for an unknown version."""
        if api_version not in API_VERSIONS:
            known = ", ".join(map(str, API_VERSIONS))
            raise ValueError(f"there is no server with API version {api_version}; there are {known}")
        is_old = api_version < (1, 2)
        return cls(api_version, not is_old if strict is None else strict, is_old if log_bug is None else log_bug)

    @property
    def is_old(self) -> bool:
        """Before API 1.2: without times, cancellation and housekeeping."""
        return self.api_version < (1, 2)
