"""``connect_to``: the way from a test to a simulator, with short waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..connecting import connect
from ..http import Timeout
from ..polling import PollingPolicy, fixed
from ..retry import ErrorBudget
from ..session import Eryph

if TYPE_CHECKING:
    from ..journal import Journal
    from ..simulator import Simulator

POLLING = 0.02
SETTLE = 0.1
BUDGET = ErrorBudget(attempts=4, first=0.01, maximum=0.1)


def connect_to(
    simulator: Simulator,
    *,
    client_id: str | None = None,
    scopes: Sequence[str] | None = None,
    polling: PollingPolicy | None = None,
    settle: float = SETTLE,
    error_budget: ErrorBudget | None = None,
    request_timeout: Timeout | None = None,
    workers: int = 8,
    journal: Journal | str = "",
) -> Eryph:
    """Connect to a running ``simulator``, as ``rxeryph.connect`` does, but with short waits. Close it like any other.

    Args:
        client_id: A client that ``simulator.add_client`` made. None: the simulator's own, which has all rights.
        scopes: Scopes to ask for. None: all the client has.
        polling: When to ask again. None: every 0.02 s.
        settle: Seconds from the end of an operation to the last look for late log entries (default 0.1, usually 1).
        error_budget: How long polls and requests may fail in a row. None: 4 times or 120 s, with waits of 0.01 to
            0.1 s between.
        request_timeout: Seconds for one request, (connect, read), or ``Timeouts``. None: 5 s and 10 s, 60 s in all.
        workers: How many threads may make requests at the same time.
        journal: A journal, or its URL. Empty: none, whatever ``RXERYPH_JOURNAL`` says.
    """
    return connect(
        endpoint=simulator.endpoint,
        client_id=client_id or simulator.client_id,
        private_key=simulator.private_key,
        scopes=scopes,
        polling=polling or fixed(POLLING),
        settle=settle,
        error_budget=error_budget or BUDGET,
        request_timeout=request_timeout,
        workers=workers,
        journal=journal,
        verify=simulator.ca_file or True,
    )
