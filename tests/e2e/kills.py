"""Kill processes that share a journal at random moments, start others, and hold the journal against the server.

``python -m tests.e2e.kills 200`` kills 200 times, with a journal in a file; with ``--nats``, at a broker.
``test_kills.py`` kills a few times.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from rxeryph import ComputeClient
from rxeryph.events import LogEntryAdded, OperationFinished, ResourceAdded, StatusChanged, TaskAdded
from rxeryph.journal import open as open_journal
from rxeryph.journal.records import Folded
from rxeryph.model import Operation
from rxeryph.simulator import Log, Simulator, Task
from tests.unit.journal.brokers import Broker

WORKER = """
import sys
import rxeryph
from rxeryph.journal import holding
from rxeryph.polling import fixed

holding.LEASE, holding.AGAIN = 1.0, 0.2
endpoint, client_id, key, journal, consumed, *ids = sys.argv[1:]
file = open(consumed, "a")
with rxeryph.connect(
    endpoint=endpoint, client_id=client_id, private_key=key, journal=journal, polling=fixed(0.05), settle=0.3
) as eryph:
    eryph.consumer("audit").subscribe(lambda each: print(each.id, file=file, flush=True))
    eryph.track_all(ids).wait(300)
"""

WORKERS = 3
OPERATIONS = 4
LINES = 30


class Campaign:
    """Workers that follow the same operations; each kill or stop hits a random one of them."""

    def __init__(self, simulator: Simulator, folder: Path, seed: int, journal: str) -> None:
        self._random = random.Random(seed)
        self._simulator = simulator
        self._journal = journal
        self._consumed = folder / "consumed"
        self._key = folder / "key.pem"
        self._key.write_text(simulator.private_key, encoding="utf-8")
        self._pause = threading.Event()
        self.kills = self.stops = 0

    def round(self, kills: int) -> list[str]:
        """Follow some new operations to their end, killing meanwhile, and return what is wrong with the journal."""
        ids = [self._simulator.play(self._script()) for _ in range(OPERATIONS)]
        with ExitStack() as stack:
            workers = [stack.enter_context(self._worker(ids)) for _ in range(WORKERS)]
            for _ in range(kills):
                self._pause.wait(self._random.uniform(0.05, 1.0))
                victim = self._random.randrange(WORKERS)
                if self._random.random() < 0.2:
                    workers[victim].send_signal(signal.SIGSTOP)
                    self._pause.wait(1.5)  # until its leases have moved
                    workers[victim].send_signal(signal.SIGCONT)
                    self.stops += 1
                workers[victim].kill()
                self.kills += 1
                workers[victim] = stack.enter_context(self._worker(ids))
            for worker in workers:
                if worker.wait(120) != 0:
                    return ["a worker failed, see its output"]
        return [*self._missed(), *(problem for id in ids for problem in self._problems(id))]

    def _missed(self) -> Iterator[str]:
        """What the consumer has missed, or had more often than the kills explain."""
        with closing(open_journal(self._journal)) as journal:
            expected = [f"{each.operation_id}/{each.number}/" for each in journal.read()]
            delivered = self._consumed.read_text(encoding="utf-8").split()
            last = journal.position("audit")
            unread = {f"{each.operation_id}/{each.number}/" for each in journal.read(after=last)}
        records = [id.rpartition("/")[0] + "/" for id in delivered]
        if missed := {*expected} - {*records} - unread:
            yield f"the consumer missed {missed}"
        repeated = {record for record, id in zip(records, delivered, strict=True) if delivered.count(id) > 1}
        if len(repeated) > self.kills + self.stops:
            yield f"the consumer had {len(repeated)} records again"

    @contextmanager
    def _worker(self, ids: list[str]) -> Iterator[subprocess.Popen[bytes]]:
        given = [self._simulator.endpoint, self._simulator.client_id, self._key, self._journal]
        command = [sys.executable, "-c", WORKER, *map(str, given), str(self._consumed), *ids]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.kill()

    def _script(self) -> Task:
        lines = [Log(f"line {number}", seconds=self._random.uniform(0.0, 0.6)) for number in range(LINES)]
        return Task("TestCommand", *lines[:10], Task("Below", *lines[10:20]), *lines[20:])

    def _problems(self, id: str) -> Iterator[str]:
        folded, events = Folded(), list[Any]()
        with closing(open_journal(self._journal)) as journal:
            for record in journal.read(operation_id=id):
                folded, read = folded.after(record)
                events += read
        keys = [key for key in map(_key, events) if key is not None]
        if len(keys) != len({*keys}):
            yield f"{id}: an event is in the journal twice"
        if not (events and isinstance(events[-1], OperationFinished)):
            yield f"{id}: the journal has no end"
            return
        with ComputeClient.connect(
            endpoint=self._simulator.endpoint, client_id=self._simulator.client_id, private_key=str(self._key)
        ) as client:
            shown = client.operations.get(id)
        if _state(shown) != _state(events[-1].result.operation):
            yield f"{id}: the journal shows another operation than the server"
        if {each.id for each in shown.log_entries} != {each.entry.id for each in events if _is_line(each)}:
            yield f"{id}: log entries are missing"


def _is_line(event: object) -> bool:
    return isinstance(event, LogEntryAdded)


def _key(event: Any) -> object:
    """What no two events of an operation share; None if it may come again."""
    match event:
        case StatusChanged():
            return "status", event.status
        case TaskAdded():
            return "task", event.task.id
        case ResourceAdded():
            return "resource", event.resource.resource_id
        case LogEntryAdded():
            return "entry", event.entry.id
        case OperationFinished():
            return "finished"
    return None


def _state(operation: Operation) -> object:
    tasks = {task.id: task for task in operation.tasks}
    return operation.status, operation.ended_at, tasks, {entry.id: entry for entry in operation.log_entries}


def campaign(kills: int, seed: int, folder: Path, *, is_nats: bool = False) -> tuple[int, int, list[str]]:
    """How many processes were killed, how many stopped before, and what is wrong with the journal after all."""
    with ExitStack() as stack:
        simulator = stack.enter_context(Simulator(speed=2.0))
        journal = stack.enter_context(Broker(folder)).url if is_nats else f"sqlite:///{folder / 'operations.db'}"
        running = Campaign(simulator, folder, seed, journal)
        problems: list[str] = []
        while running.kills < kills and not problems:
            problems = running.round(min(8, kills - running.kills))
        return running.kills, running.stops, problems


if __name__ == "__main__":
    is_nats = "--nats" in sys.argv
    numbers = [int(each) for each in sys.argv[1:] if each != "--nats"]
    with tempfile.TemporaryDirectory() as temporary:
        seed = numbers[1] if len(numbers) > 1 else random.randrange(10**6)
        killed, stopped, problems = campaign(numbers[0], seed, Path(temporary), is_nats=is_nats)
    print(
        f"seed {seed}: {killed} killed, {stopped} of them stopped before",
        *(problems or ["nothing is wrong"]),
        sep="\n",
    )
    sys.exit(bool(problems))
