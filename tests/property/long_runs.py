"""How many examples a law tries: few in an ordinary run, and as many as it promises in a long one.

``RXERYPH_LONG_RUN=1 python -m pytest -n 0 tests/property/test_slicing_laws.py`` is a long run.
"""

from __future__ import annotations

import os


def examples(ordinary: int, long: int) -> int:
    """``ordinary``, or ``long`` in a long run."""
    return long if os.environ.get("RXERYPH_LONG_RUN") else ordinary
