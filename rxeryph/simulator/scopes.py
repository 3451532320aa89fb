"""The scopes of eryph, and what each includes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .level import Level

_CONTROL, _REMOTE_ACCESS = "compute:catlets:control", "compute:catlets:remote-access"
_CATLETS = ("compute:catlets:read", _CONTROL, _REMOTE_ACCESS)
_READ = ("compute:catlets:read", "compute:genes:read", "compute:projects:read")
_GRANTS: Mapping[str, tuple[str, ...]] = {
    "compute:write": (
        "compute:read",
        *_READ,
        *_CATLETS,
        "compute:catlets:write",
        "compute:genes:write",
        "compute:projects:write",
    ),
    "compute:read": _READ,
    "compute:catlets:write": _CATLETS,
    _CONTROL: ("compute:catlets:read", _REMOTE_ACCESS),
    "compute:genes:write": ("compute:genes:read",),
    "compute:projects:write": ("compute:projects:read",),
    "identity:write": ("identity:read", "identity:clients:write", "identity:clients:read"),
    "identity:read": ("identity:clients:read",),
    "identity:clients:write": ("identity:clients:read",),
}


class Scopes:
    """The scopes that servers of ``level`` know.

    Attributes:
        known: Their names.
    """

    def __init__(self, level: Level) -> None:
        missing = frozenset() if level.has((1, 2)) else frozenset((_REMOTE_ACCESS,))
        self._is_flat = level.is_before_0_4_1
        self._grants = {scope: frozenset(granted) - missing for scope, granted in _GRANTS.items()}
        self.known = frozenset(self._grants).union(*self._grants.values())
        if self._is_flat:
            del self._grants[_CONTROL]

    def granted(self, scopes: Iterable[str]) -> frozenset[str]:
        """What a token with ``scopes`` may do: these, and all that they include."""
        return frozenset(scope for given in scopes for scope in (given, *self._grants.get(given, ())))

    def allowed(self, scopes: Iterable[str]) -> frozenset[str]:
        """What a client that has ``scopes`` may ask for. Servers before v0.4.1 take these only."""
        return frozenset(scopes) if self._is_flat else self.granted(scopes)
