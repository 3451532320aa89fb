"""GUIDs in the forms that the server reads."""

from __future__ import annotations

import re
import uuid

_HEX = r"[0-9a-fA-F]"
_HYPHENS = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_FORMS = re.compile(rf"\s*(?:{_HEX}{{32}}|{_HYPHENS}|\{{{_HYPHENS}\}}|\({_HYPHENS}\))\s*")


def guid(value: object) -> str | None:
    """``value`` as the server writes a GUID, or None if it is not one."""
    if not isinstance(value, str) or not _FORMS.fullmatch(value):
        return None
    return str(uuid.UUID(value.strip().strip("{}()")))
