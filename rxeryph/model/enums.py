"""Enums that stay open, because a server newer than this library may send unknown members."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """A string enum that keeps an unknown member as a value that compares, prints and pickles.

    ``OperationStatus("Paused")`` is a member whose ``value`` is ``"Paused"`` and whose ``is_known`` is False.
    The letter case of known members does not matter when reading.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        for member in cls:
            if member.value.lower() == value.lower():
                return member
        unknown = str.__new__(cls, value)
        unknown._name_ = value
        unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """True for a member that this version of the library has a name for."""
        return type(self).__members__.get(self._name_) is self
