"""Journals: logs of what was seen of operations, which outlive the process that wrote them.

``Journal`` is what an engine has to do. ``SqliteJournal`` is one file for several processes of one machine,
``NatsJournal`` is at a NATS broker for any number of machines, and ``open`` opens a journal by its URL.
``rxeryph.testing.JournalContract`` holds the tests of an engine of your own.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .consumer import JournaledEvent as JournaledEvent
    from .nats import NatsJournal as NatsJournal
    from .opening import open as open
    from .protocol import Journal as Journal
    from .protocol import Lease as Lease
    from .protocol import NewRecord as NewRecord
    from .protocol import Record as Record
    from .sqlite import SqliteJournal as SqliteJournal
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            ".consumer": "JournaledEvent",
            ".nats": "NatsJournal",
            ".opening": "open",
            ".protocol": "Journal Lease NewRecord Record",
            ".sqlite": "SqliteJournal",
        },
    )
    __all__ = __dir__()
