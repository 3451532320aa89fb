"""Enums that stay open, because a server newer than this library may send unknown members."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from ..arguments import described, did_you_mean


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

    @classmethod
    def named(cls, value: object) -> Self:
        """``value``, or the member of that name in any letter case. Names nothing of a newer server by mistake.

        Raises TypeError for anything but a string, and ValueError for a name that this version does not know, unless
        it is passed as a member, such as ``OperationStatus("Paused")``.
        """
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise TypeError(f"expected a member of {cls.__name__} or its name, got {type(value).__name__}")
        member = cls(value)
        if not member.is_known:
            hint = did_you_mean(value, [each.value for each in cls])
            raise ValueError(f"{described(value)} is not one of {cls.__name__}. {hint}")
        return member

    @property
    def is_known(self) -> bool:
        """True for a member that this version of the library has a name for."""
        return type(self).__members__.get(self._name_) is self
