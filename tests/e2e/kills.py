"""Kill processes that share a journal at random moments, start others, and hold the journal against the server.

Each process follows the same operations, consumes all events, and submits the same changes with ``once=``.

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
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from rxeryph import ComputeClient
from rxeryph.events import LogEntryAdded, OperationFinished, ResourceAdded, StatusChanged, TaskAdded
from rxeryph.journal import open as open_journal
from rxeryph.journal.records import Folded, is_intent
from rxeryph.journal.submission import operation_id_of
from rxeryph.model import Operation
from rxeryph.simulator import Log, Simulator, Task
from tests.unit.journal.brokers import Broker

WORKER = """
import sys, threading, time
from dataclasses import replace
import rxeryph
from rxeryph.errors import SubmissionUnknownError, TransportError
from rxeryph.journal import once, renewals, steps
from rxeryph.polling import fixed

renewals.LEASE, renewals.AGAIN = 1.0, 0.2
once.MINUTE = steps.MINUTE = 4.0
once.LOOK_UP = replace(once.LOOK_UP, seconds=0.5)
endpoint, client_id, key, journal, folder, began, names, *ids = sys.argv[1:]
consumed, submitted = open(f"{folder}/consumed", "a"), open(f"{folder}/submitted", "a")
asleep = threading.Event()

def submit(eryph, name):
    while True:
        try:
            return eryph.catlets.create({"name": name}, once=name)
        except SubmissionUnknownError as error:
            if error.retry_after is None:
                return None
            asleep.wait(error.retry_after)
        except TransportError as error:
            if error.may_have_arrived:
                raise  # else this process was too slow to send it in time

with rxeryph.connect(
    endpoint=endpoint, client_id=client_id, private_key=key, journal=journal, polling=fixed(0.05), settle=0.3
) as eryph:
    eryph.consumer("audit").subscribe(lambda each: print(each.id, file=consumed, flush=True))
    group, streams = eryph.track_all(ids), []
    group.subscribe(lambda event: None)
    for number, name in enumerate(names.split(",")):
        asleep.wait(max(0.0, float(began) + number * SPACING - time.time()))
        stream = submit(eryph, name)
        print(name, stream.operation_id if stream else "lost", file=submitted, flush=True)
        streams += [] if stream is None else [stream]
        streams[-1:] and streams[-1].subscribe(lambda event: None)
    group.wait(300)
    eryph.track_all(streams).wait(300)
"""

WORKERS = 3
OPERATIONS = 4
LINES = 30
SPEED = 8.0
"""Of the server: a catlet takes half a minute of its time."""
SPACING = 0.5
"""Seconds between two submits, so that kills hit some."""


class Campaign:
    """Workers that follow the same operations; each kill or stop hits a random one of them."""

    def __init__(self, simulator: Simulator, folder: Path, seed: int, journal: str) -> None:
        self._random = random.Random(seed)
        self._simulator = simulator
        self._journal = journal
        self._folder = folder
        self._rounds = 0
        self.lost: set[str] = set()
        self.faults = self.submits = 0
        self._key = folder / "key.pem"
        self._key.write_text(simulator.private_key, encoding="utf-8")
        self._pause = threading.Event()
        self.kills = self.stops = 0

    def round(self, kills: int) -> list[str]:
        """Follow some new operations to their end, killing meanwhile, and return what is wrong with the journal."""
        ids = [self._simulator.play(self._script()) for _ in range(OPERATIONS)]
        self._rounds += 1
        names = [f"web-{self._rounds}-{number}" for number in range(kills)]
        given = [str(time.time()), ",".join(names), *ids]
        with ExitStack() as stack:
            workers = [stack.enter_context(self._worker(given)) for _ in range(WORKERS)]
            for _ in range(kills):
                self._pause.wait(self._random.uniform(0.05, 1.0))
                if self._random.random() < 0.6:
                    self._disturb()
                victim = self._random.randrange(WORKERS)
                if self._random.random() < 0.2:
                    workers[victim].send_signal(signal.SIGSTOP)
                    self._pause.wait(1.5)  # until its leases have moved
                    workers[victim].send_signal(signal.SIGCONT)
                    self.stops += 1
                workers[victim].kill()
                self.kills += 1
                workers[victim] = stack.enter_context(self._worker(given))
            for worker in workers:
                if worker.wait(120) != 0:
                    return ["a worker failed, see its output"]
        self._simulator.faults.clear()
        found = [operation_id_of(name) for name in names if name not in self._lost()]
        self.submits += len(found)
        problems = [*self._missed(), *(problem for name in names for problem in self._doubled(name))]
        return problems + [problem for id in (*ids, *found) for problem in self._problems(id)]

    def _disturb(self) -> None:
        """The next submit arrives late, or has no answer, and perhaps never arrives."""
        fault = self._random.choice(("late", "late", "unanswered", "lost"))
        if fault == "late":
            self._simulator.faults.delay(0.5, method="POST", path="/v1/catlets$")
        else:
            self._simulator.faults.reset(processed=fault == "unanswered", method="POST", path="/v1/catlets$")
        self.faults += 1

    def _lost(self) -> set[str]:
        """The names that were given up with a SubmissionUnknownError."""
        lines = (self._folder / "submitted").read_text(encoding="utf-8").splitlines()
        self.lost |= {name for name, found in map(str.split, lines) if found == "lost"}
        return self.lost

    def _doubled(self, name: str) -> Iterator[str]:
        """What is wrong with the submit of a catlet: it must be there once, unless it was given up."""
        with self._client() as client:
            found = [each.name for each in client.catlets.list()].count(name)
            if name in self._lost():
                if found:
                    yield f"{name} was given up, but exists"
                return
            operation = client.operations.get(operation_id_of(name))
        roots = sum(task.parent_task_id == operation.id for task in operation.tasks)
        if (found, roots) != (1, 1):
            yield f"{name} exists {found} times and was created {roots} times"

    def _missed(self) -> Iterator[str]:
        """What the consumer has missed, or had more often than the kills explain."""
        with closing(open_journal(self._journal)) as journal:
            expected = [f"{each.operation_id}/{each.number}/" for each in journal.read() if not is_intent(each)]
            delivered = (self._folder / "consumed").read_text(encoding="utf-8").split()
            last = journal.position("audit")
            unread = {f"{each.operation_id}/{each.number}/" for each in journal.read(after=last)}
        records = [id.rpartition("/")[0] + "/" for id in delivered]
        if missed := {*expected} - {*records} - unread:
            yield f"the consumer missed {missed}"
        repeated = {record for record, id in zip(records, delivered, strict=True) if delivered.count(id) > 1}
        if len(repeated) > self.kills + self.stops:
            yield f"the consumer had {len(repeated)} records again"

    @contextmanager
    def _worker(self, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
        given = [self._simulator.endpoint, self._simulator.client_id, self._key, self._journal]
        source = WORKER.replace("SPACING", str(SPACING))
        command = [sys.executable, "-c", source, *map(str, given), str(self._folder), *arguments]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.kill()

    def _script(self) -> Task:
        lines = [Log(f"line {number}", seconds=self._random.uniform(0.0, 0.3 * SPEED)) for number in range(LINES)]
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
        with self._client() as client:
            shown = client.operations.get(id)
        if _state(shown) != _state(events[-1].result.operation):
            yield f"{id}: the journal shows another operation than the server"
        if {each.id for each in shown.log_entries} != {each.entry.id for each in events if _is_line(each)}:
            yield f"{id}: log entries are missing"

    def _client(self) -> ComputeClient:
        return ComputeClient.connect(
            endpoint=self._simulator.endpoint, client_id=self._simulator.client_id, private_key=str(self._key)
        )


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


def campaign(kills: int, seed: int, folder: Path, *, is_nats: bool = False) -> tuple[Campaign, list[str]]:
    """The campaign, with its numbers, and what is wrong after all."""
    with ExitStack() as stack:
        simulator = stack.enter_context(Simulator(speed=SPEED))
        journal = stack.enter_context(Broker(folder)).url if is_nats else f"sqlite:///{folder / 'operations.db'}"
        running = Campaign(simulator, folder, seed, journal)
        problems: list[str] = []
        while running.kills < kills and not problems:
            problems = running.round(min(8, kills - running.kills))
        return running, problems


if __name__ == "__main__":
    is_nats = "--nats" in sys.argv
    numbers = [int(each) for each in sys.argv[1:] if each != "--nats"]
    with tempfile.TemporaryDirectory() as temporary:
        seed = numbers[1] if len(numbers) > 1 else random.randrange(10**6)
        done, problems = campaign(numbers[0], seed, Path(temporary), is_nats=is_nats)
    print(
        f"seed {seed}: {done.kills} killed, {done.stops} of them stopped before; {done.submits} submits,"
        f" {done.faults} answers late or lost, {len(done.lost)} keys given up",
        *(problems or ["nothing is wrong"]),
        sep="\n",
    )
    sys.exit(bool(problems))
