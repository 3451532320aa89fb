"""The conversations in which the simulator does not answer as recorded yet. The list may only become shorter."""

from __future__ import annotations

DIFFERING: frozenset[str] = frozenset()
