"""The types of drives, which servers before API 1.2 spell otherwise."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from ._schema import ReadField

_SPELLINGS = {name.lower(): name for name in ("Vhd", "SharedVhd", "Phd", "Dvd", "VhdSet")}


class DriveType(ReadField[str]):
    """The type of a drive in the spelling of API 1.2, whatever the letter case. An unknown type stays as it is."""

    def read(self, value: Any) -> str:
        if type(value) is not str:
            raise ValidationError("Not a valid string.")
        return _SPELLINGS.get(value.lower(), value)
