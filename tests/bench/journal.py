"""Journals in a file and at a broker: CPU per poll and record, the delay in another process, the time to continue."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from rxeryph import journal
from rxeryph.journal.records import dump_events
from rxeryph.polling import Batching
from rxeryph.simulator import Log, Simulator, Task
from rxeryph.testing import log, operation, task
from rxeryph.tracking import NOTHING_KNOWN, observe
from tests.unit.journal.brokers import Broker

OPERATIONS, SECONDS = 300, 6
TURNS = 5
"""The least counts, because a broker and a simulator use the same machine. Of what is compared, the median."""

MODES = Batching.AUTOMATIC, Batching.NEVER
APPENDS = 300
ENTRIES = 10_000

CLIENT = """
import sys, threading, time
import rxeryph
from rxeryph.polling import fixed
endpoint, client_id, key, journal, batching, seconds, *ids = sys.argv[1:]
with rxeryph.connect(
    endpoint=endpoint, client_id=client_id, private_key=key, journal=journal, polling=fixed(1.0), batching=batching
) as eryph:
    eryph.track_all(ids).subscribe(lambda event: None)
    threading.Event().wait(3)
    polls, cpu, measured = eryph.statistics().polls, time.process_time(), 0.0
    for _ in range(int(seconds)):
        threading.Event().wait(1)
        began = time.thread_time()
        sum(number * number for number in range(50_000))
        measured += time.thread_time() - began
    print((time.process_time() - cpu - measured) / (eryph.statistics().polls - polls), measured / int(seconds))
"""

FOLLOWER = """
import sys, time, uuid
import rxeryph
def show(event):
    if event.type == "log_entry":
        print(event.entry.message, time.time(), flush=True)
with rxeryph.follow(sys.argv[1]) as journal:
    journal.track_all([str(uuid.UUID(int=number)) for number in range(int(sys.argv[2]))]).subscribe(show)
    print("ready", flush=True)
    sys.stdin.read()
"""

SUCCESSOR = """
import itertools, sys, threading, time
import rxeryph
done, count = threading.Event(), itertools.count()
with rxeryph.follow(sys.argv[1]) as journal:
    began = time.perf_counter()
    journal.track(sys.argv[2]).subscribe(lambda event: done.set() if next(count) == int(sys.argv[3]) else None)
    done.wait()
    print(time.perf_counter() - began)
"""


def cpu_per_poll(url: str, batching: Batching, key: Path) -> tuple[float, float]:
    """Seconds of CPU that a poll of 300 operations costs, of which 5 % have news each second.

    The second figure counts in a sum of 50,000 squares, which the same process computed meanwhile: some machines
    are twice as fast from one minute to the next.
    """
    lines = [Log("a line", seconds=20.0) for _ in range(10)]
    with Simulator(speed=1.0) as simulator:
        key.write_text(simulator.private_key, encoding="utf-8")
        ids = [simulator.play(Task("Bench", Log("first", seconds=each / 15), *lines)) for each in range(OPERATIONS)]
        given = [simulator.endpoint, simulator.client_id, str(key), url, batching.value, str(SECONDS), *ids]
        done = subprocess.run([sys.executable, "-c", CLIENT, *given], stdout=subprocess.PIPE, check=True, text=True)
    cpu, unit = map(float, done.stdout.split())
    return cpu, cpu / unit


def compared(urls: Sequence[str], batching: Batching, folder: Path) -> tuple[float, Sequence[float]]:
    """Seconds of CPU per poll with the first journal, and how many times as much it is with each of the others."""
    turns = [[cpu_per_poll(url, batching, folder / "key.pem") for url in urls] for _ in range(TURNS)]
    first, *others = (median(units for _, units in each) for each in zip(*turns, strict=True))
    return min(turn[0][0] for turn in turns), [each / first for each in others]


def cpu_per_record(url: str) -> float:
    """Seconds of CPU that it costs to write down a log entry and to append it."""
    id, known, polled = str(uuid.uuid4()), NOTHING_KNOWN, []
    for number in range(APPENDS):
        known, events = observe(
            known, operation(id=id, tasks=[task()], log_entries=[log("a line", number, id=f"{number}")])
        )
        polled.append(events)
    with closing(journal.open(url)) as opened:
        cpu = time.process_time()
        for number, events in enumerate(polled):
            opened.append(id, number, dump_events(events))
        return (time.process_time() - cpu) / APPENDS


def delays(url: str) -> Sequence[float]:
    """Seconds from each append to the handler in another process, sorted. 5 % of operations have news each second."""
    pause = threading.Event()
    began: list[float] = []
    with closing(journal.open(url)) as opened:
        command = [sys.executable, "-c", FOLLOWER, url, str(OPERATIONS)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            pause.wait(3)
            for number in range(APPENDS):
                news = operation(id=str(uuid.UUID(int=number)), log_entries=[log(f"{number}", number)])
                data = dump_events(observe(NOTHING_KNOWN, news)[1])
                began.append(time.time())
                opened.append(news.id, 0, data)
                pause.wait(1 / (0.05 * OPERATIONS))
            handled = (process.stdout.readline().split() for _ in range(APPENDS))
            found = sorted(float(at) - began[int(number)] for number, at in handled)
            process.kill()
    return found


def resume(url: str, at_once: int) -> float:
    """Seconds until a subscriber in another process has the 10,000 log entries of an operation."""
    id, known = str(uuid.uuid4()), NOTHING_KNOWN
    with closing(journal.open(url)) as opened:
        for number in range(ENTRIES // at_once):
            entries = [log(f"line {number}", number, id=f"{number} {each}") for each in range(at_once)]
            known, events = observe(known, operation(id=id, tasks=[task()], log_entries=entries))
            opened.append(id, number, dump_events(events))
    command = [sys.executable, "-c", SUCCESSOR, url, id, str(ENTRIES)]
    return min(float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) for _ in range(TURNS))


def run() -> list[str]:
    """The lines of the report."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "broker").mkdir()
        with Broker(folder / "broker") as broker:
            urls = {"SQLite": f"sqlite:///{folder}/journal.db", "NATS": broker.url}
            polls = [(each, *compared(["", *urls.values()], each, folder)) for each in MODES]
            records = [min(cpu_per_record(url) for _ in range(TURNS)) for url in urls.values()]
            waited = [delays(url) for url in urls.values()]
            resumed = {at_once: [resume(url, at_once) for url in urls.values()] for at_once in (1, 10)}
    return [
        *(
            f"CPU per poll of {OPERATIONS} operations, batching {batching}: {seconds * 1e3:.3f} ms, "
            + ", ".join(f"with {name} {each:.2f} times that" for name, each in zip(urls, times, strict=True))
            for batching, seconds, times in polls
        ),
        "CPU per record: "
        + ", ".join(f"{each * 1e3:.2f} ms with {name}" for name, each in zip(urls, records, strict=True)),
        *(
            f"from an append to a handler in another process, {name}: p50 {found[len(found) // 2] * 1e3:.1f} ms,"
            f" p99 {found[len(found) * 99 // 100] * 1e3:.1f} ms"
            for name, found in zip(urls, waited, strict=True)
        ),
        *(
            f"{ENTRIES} entries, {at_once} in a record, continued in "
            + ", ".join(f"{each:.2f} s ({name})" for name, each in zip(urls, found, strict=True))
            for at_once, found in resumed.items()
        ),
    ]


if __name__ == "__main__":
    print("\n".join(run()))
