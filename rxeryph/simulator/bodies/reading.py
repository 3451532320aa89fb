"""Members that occur in many bodies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from ..binding.shapes import GUID, Member, Raw

CORRELATION_ID = {"correlation_id": Member(GUID)}
CONFIGURATION = CORRELATION_ID | {"configuration": Member(Raw(), is_required=True)}


def correlation_id(body: Mapping[str, object]) -> str | None:
    """The id that the caller chose for the operation; None for no id or the empty GUID."""
    chosen = body.get("correlation_id")
    return str(chosen) if isinstance(chosen, str) and int(uuid.UUID(chosen)) else None
