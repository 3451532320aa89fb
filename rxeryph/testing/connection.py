"""``connect_to``: the way from a test to a simulator, with everything that waits made quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..client import open_transport
from ..http import Timeout
from ..polling import PollingPolicy, PollingSettings, fixed, threaded_engine
from ..retry import ErrorBudget
from ..session import Eryph
from ..tracking import Settling

if TYPE_CHECKING:
    from ..simulator import Simulator

POLLING = 0.02
SETTLE = 0.1
CALLS = ErrorBudget(attempts=4, seconds=15.0, first=0.01, maximum=0.1)
POLLS = ErrorBudget(first=0.01, maximum=0.1)
"""The budgets of ``connect``, with shorter waits in them."""


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
) -> Eryph:
    """Connect to a running ``simulator``. What ``rxeryph.connect`` does, but quick; close it like any other.

    Args:
        client_id: One that ``simulator.add_client`` made. None: the simulator's own, which may do everything.
        scopes: Scopes to ask for. None: all the client has.
        polling: When to ask again. None: every 0.02 s.
        settle: Seconds from the end of an operation to the last look for log entries (default 0.1, usually 1).
        error_budget: How long polls and requests may fail in a row. None: as often as usually, with waits of
            0.01 to 0.1 s between.
        request_timeout: Seconds for one request, or (connect, read). None: 5 s and 10 s.
        workers: Most threads that make requests at the same time.
    """
    transport = open_transport(
        endpoint=simulator.endpoint,
        client_id=client_id or simulator.client_id,
        private_key=simulator.private_key,
        scopes=scopes,
        error_budget=error_budget or CALLS,
        request_timeout=request_timeout,
        workers=workers,
        verify=simulator.ca_file or True,
    )
    settings = PollingSettings(polling or fixed(POLLING), error_budget or POLLS, Settling(settle, 5.0 * settle))
    return Eryph(transport, threaded_engine(workers), settings)
