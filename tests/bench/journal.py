"""Journals in a file: CPU per poll, the delay in another process, and an operation that is continued."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rxeryph.journal import Record, SqliteJournal
from rxeryph.journal.records import Folded, dump_events
from rxeryph.simulator import Log, Simulator, Task
from rxeryph.testing import log, operation, task
from rxeryph.tracking import NOTHING_KNOWN, observe

OPERATIONS, SECONDS = 300, 10.0
APPENDS = 300
ENTRIES = 10_000

CLIENT = """
import sys, threading, time
import rxeryph
from rxeryph.polling import fixed
endpoint, client_id, key, journal, seconds, *ids = sys.argv[1:]
with rxeryph.connect(
    endpoint=endpoint, client_id=client_id, private_key=key, journal=journal, polling=fixed(1.0), batching="never"
) as eryph:
    eryph.track_all(ids).subscribe(lambda event: None)
    threading.Event().wait(3)
    polls, cpu = eryph.statistics().polls, time.process_time()
    threading.Event().wait(float(seconds))
    print((time.process_time() - cpu) / (eryph.statistics().polls - polls))
"""

FOLLOWER = """
import sys, time
import rxeryph
with rxeryph.follow(sys.argv[1]) as journal:
    print("ready", flush=True)
    stream = journal.track("op")
    for event in stream:
        if event.type == "log_entry":
            print(time.time() - float(event.entry.message), flush=True)
"""


def cpu_per_poll(simulator: Simulator, key: str, journal: str) -> float:
    """Seconds of CPU that a poll of 300 operations costs, of which 5 % have news each second."""
    lines = [Log("a line", seconds=20.0) for _ in range(10)]
    ids = [simulator.play(Task("Bench", Log("first", seconds=number / 15), *lines)) for number in range(OPERATIONS)]
    given = [simulator.endpoint, simulator.client_id, key, journal, str(SECONDS), *ids]
    done = subprocess.run([sys.executable, "-c", CLIENT, *given], stdout=subprocess.PIPE, check=True, text=True)
    return float(done.stdout)


def delays(path: Path) -> Sequence[float]:
    """Seconds from each append to the handler in another process, sorted."""
    pause = threading.Event()
    with SqliteJournal(path) as journal:
        command = [sys.executable, "-c", FOLLOWER, f"sqlite:///{path}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            pause.wait(1)
            known = NOTHING_KNOWN
            for number in range(APPENDS):
                known, events = observe(known, operation(log_entries=[log(f"{time.time()}", number, id=f"{number}")]))
                journal.append("op", number, dump_events(events))
                pause.wait(0.017)
            found = sorted(float(process.stdout.readline()) for _ in range(APPENDS))
            process.kill()
    return found


def resume(at_once: int) -> float:
    """Seconds to fold the records of an operation with 10,000 log entries."""
    records: list[Record] = []
    known = NOTHING_KNOWN
    for number in range(ENTRIES // at_once):
        entries = [log(f"line {number}", number, id=f"{number} {each}") for each in range(at_once)]
        known, events = observe(known, operation(tasks=[task()], log_entries=entries))
        records.append(Record(number + 1, "op", number, datetime.now(UTC), dump_events(events)))
    began = time.perf_counter()
    folded = Folded()
    for record in records:
        folded, _ = folded.after(record)
    assert len(folded.known.entries) == ENTRIES
    return time.perf_counter() - began


def run() -> list[str]:
    """The lines of the report."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with Simulator(speed=1.0) as simulator:
            (folder / "key.pem").write_text(simulator.private_key, encoding="utf-8")
            key = str(folder / "key.pem")
            bare, journaled = (cpu_per_poll(simulator, key, url) for url in ("", f"sqlite:///{folder}/polls.db"))
        waited = delays(folder / "delays.db")
    resumed = {at_once: resume(at_once) for at_once in (1, 10)}
    p50, p99 = waited[len(waited) // 2], waited[len(waited) * 99 // 100]
    return [
        f"CPU per poll of {OPERATIONS} operations: {bare * 1e3:.2f} ms, journaled {journaled / bare:.2f} times that",
        f"from an append to a handler in another process: p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms",
        *(f"{ENTRIES} entries, {each} in a record, folded in {resumed[each]:.2f} s" for each in resumed),
    ]


if __name__ == "__main__":
    print("\n".join(run()))
