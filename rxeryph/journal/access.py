"""What all parts of a connection need to use its journal."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, field

from ..polling import Engine, PollingSettings
from ..scheduling.outage import Outage
from .appending import Appending
from .protocol import Journal
from .renewals import Renewals


def this_process() -> str:
    """Who holds a lease, for people who look into a journal: the machine, the process, and something unique."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


@dataclass(frozen=True)
class Access:
    """The access of one connection to a journal."""

    journal: Journal
    engine: Engine
    settings: PollingSettings = field(default_factory=PollingSettings)
    owner: str = field(default_factory=this_process)
    """Who holds its leases."""
    outage: Outage = field(default_factory=lambda: Outage("The journal"))
    """What the log says while the journal fails: once, no matter how many operations wait."""
    appending: Appending = field(init=False)
    """Appends what its operations bring."""
    renewals: Renewals = field(init=False)
    """Keeps the leases of operations, on a worker: a process whose workers hang should not be the one that polls."""
    renewals_aside: Renewals = field(init=False)
    """Keeps the leases of consumers, whose functions may be slow and need all workers."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "appending", Appending(self.journal, self.engine.submit))
        object.__setattr__(self, "renewals", Renewals(self.engine, self.outage, self.engine.submit))
        object.__setattr__(self, "renewals_aside", Renewals(self.engine, self.outage, self.engine.submit_aside))
