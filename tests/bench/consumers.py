"""Requests that a server with 1,000 operations receives from the one that polls: with 100 consumers, and with one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, closing
from pathlib import Path

import rxeryph
from rxeryph.journal import open as open_journal
from rxeryph.journal.discovery import last_position
from rxeryph.simulator import Log, Simulator, Task
from tests.unit.journal.brokers import Broker

OPERATIONS, CONSUMERS, SECONDS = 1_000, 100, 20.0

POLLER = """
import sys, threading
import rxeryph
from rxeryph.polling import fixed
endpoint, client_id, key, journal, *ids = sys.argv[1:]
with rxeryph.connect(
    endpoint=endpoint, client_id=client_id, private_key=key, journal=journal, polling=fixed(10.0), batching="never"
) as eryph:
    eryph.track_all(ids).subscribe(lambda event: None)
    threading.Event().wait()
"""


def requests(consumers: int, folder: Path) -> tuple[int, int]:
    """Requests of any kind in 20 s, and events that the consumers got meanwhile."""
    pause = threading.Event().wait
    key = folder / "key.pem"
    with Simulator(speed=1.0) as simulator, Broker(folder) as broker, ExitStack() as stack:
        url = f"{broker.url}/with{consumers}"
        key.write_text(simulator.private_key, encoding="utf-8")
        ids = [
            simulator.play(Task("Bench", *[Log("a line", seconds=20.0 + number / 2) for _ in range(100)]))
            for number in range(OPERATIONS)
        ]
        command = [sys.executable, "-c", POLLER, simulator.endpoint, simulator.client_id, str(key), url, *ids]
        stack.callback(stack.enter_context(subprocess.Popen(command)).terminate)
        journal = stack.enter_context(closing(open_journal(url)))
        while last_position(journal) < OPERATIONS:
            pause(0.5)
        events: list[object] = []
        for number in range(consumers):
            journal.advance(f"{number}", last_position(journal))  # to begin with what is new
            follower = stack.enter_context(rxeryph.follow(url, workers=1))
            follower.consumer(f"{number}").subscribe(events.append)
        pause(15.0)
        before = len(simulator.requests), len(events)
        pause(SECONDS)
        return len(simulator.requests) - before[0], len(events) - before[1]


def run() -> list[str]:
    """The lines of the report."""
    with tempfile.TemporaryDirectory() as temporary:
        (one, _), (many, events) = (requests(consumers, Path(temporary)) for consumers in (1, CONSUMERS))
    return [
        f"with {CONSUMERS} consumers {many / one:.2f} times as many requests as with one"
        f" ({many} and {one} in {SECONDS:g} s; the consumers got {events} events)"
    ]


if __name__ == "__main__":
    print("\n".join(run()))
