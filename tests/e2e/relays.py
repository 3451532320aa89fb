"""Two relays share a journal, and the one that polls is stopped in each way there is.

``python -m tests.e2e.relays 10`` does each of them ten times; ``test_relays.py`` does some, once.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import rxeryph
from rxeryph import ComputeClient
from rxeryph.events import OperationFinished, PollFailed
from rxeryph.journal import Journal, Record
from rxeryph.journal import open as open_journal
from rxeryph.journal.records import Folded
from rxeryph.simulator import Log, Simulator, Task
from tests.property.test_journal_laws import in_order
from tests.unit.journal.brokers import Broker

OPERATIONS, LINES = 3, 80
PATIENCE = 90.0
pause = threading.Event().wait


class Proxy:
    """Forwards connections to ``port`` until it is cut; then what was sent waits until it is joined again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = threading.Event()
        self._open.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._sockets = [self._listening]

    def __enter__(self) -> Proxy:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.set()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def cut(self) -> None:
        self._open.clear()

    def join(self) -> None:
        self._open.set()

    def _start(self, function: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=function, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                self._sockets += [client, server]
                self._start(self._forward, client, server)
                self._start(self._forward, server, client)

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


class Relay:
    """``rxeryph relay``, and the documents that it prints."""

    def __init__(self, simulator: Simulator, key: Path, journal: str) -> None:
        given = ["--endpoint", simulator.endpoint, "--client-id", simulator.client_id, "--private-key", str(key)]
        command = [sys.executable, "-m", "rxeryph", "relay", "--journal", journal, "--json", *given]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.documents: list[Any] = []
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def __enter__(self) -> Relay:
        until(lambda: self.documents, "a relay does not start")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self._reading.join()
        self.process.communicate()

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def finish(self) -> int:
        """Stop it; the records that it appended, if it has handed over."""
        self.send(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.documents
        self._reading.join()
        status, stopped = self.documents[-2:]
        assert stopped["type"] == "stopped", self.documents
        return int(status["appended"])

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.documents.extend(map(json.loads, self.process.stdout))


class Pauses(NamedTuple):
    """Seconds until the next record of each operation, after a failure and after an orderly stop."""

    failed_over: float
    handed_over: float
    """0.0 if the owner was killed."""


@dataclass
class World:
    """A server with some operations, and a journal that relays share."""

    simulator: Simulator
    key: Path
    journal: Journal
    url: str
    ids: tuple[str, ...]

    def relay(self, url: str | None = None) -> Relay:
        return Relay(self.simulator, self.key, url or self.url)

    def records(self) -> list[Record]:
        return [*self.journal.read()]

    def continued(self, at: datetime, count: int) -> float:
        """Seconds from ``at`` until each operation has a record beyond the first ``count``."""

        def first() -> dict[str, datetime]:
            return {each.operation_id: each.stored_at for each in reversed(self.records()[count:])}

        until(lambda: len(first()) == OPERATIONS, "no other relay continues")
        return (max(first().values()) - at).total_seconds()

    def problems(self) -> Iterator[str]:
        """How the journal differs from what the server shows at the end."""
        with ComputeClient.connect(
            endpoint=self.simulator.endpoint, client_id=self.simulator.client_id, private_key=str(self.key)
        ) as client:
            for id in self.ids:
                folded, events = Folded(), list[Any]()
                for record in self.journal.read(operation_id=id):
                    folded, read = folded.after(record)
                    events += read
                lines = [event.entry.id for event in events if event.type == "log_entry"]
                if len(lines) != len({*lines}):
                    yield f"{id}: a line is in the journal twice"
                if not (events and isinstance(events[-1], OperationFinished)):
                    yield f"{id}: the journal has no end"
                elif in_order(client.operations.get(id)) != in_order(events[-1].result.operation):
                    yield f"{id}: the journal shows another operation than the server"


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        pause(0.05)


@contextmanager
def world(url: str, folder: Path) -> Iterator[World]:
    with Simulator(speed=1.0) as simulator, closing(open_journal(url)) as journal:
        key = folder / f"{simulator.endpoint.rpartition(':')[2]}.key"
        key.write_text(simulator.private_key, encoding="utf-8")
        steps = [Log(f"line {number}", seconds=0.5) for number in range(LINES)]
        ids = tuple(simulator.play(Task("Test", *steps)) for _ in range(OPERATIONS))
        yield World(simulator, key, journal, url, ids)


def fail(kind: str, url: str, folder: Path, broker: Broker) -> tuple[Pauses, list[str]]:
    """Let the owner of all operations be ``killed``, ``stopped`` or ``cut off``, and later the next one be asked to
    stop; how long the operations paused, and what is wrong afterwards."""
    with ExitStack() as stack:
        here = stack.enter_context(world(url, folder))
        proxy = stack.enter_context(Proxy(broker.port))
        is_cut = kind == "cut off"
        owner = stack.enter_context(here.relay(url.replace(str(broker.port), str(proxy.port)) if is_cut else url))
        until(lambda: {each.operation_id for each in here.records()} == {*here.ids}, "nothing is appended")
        other = stack.enter_context(here.relay())
        events: list[Any] = []
        group = stack.enter_context(rxeryph.follow(url)).track_all(here.ids)
        group.subscribe(events.append)
        pause(0.5)
        at = datetime.now(UTC)
        if is_cut:
            proxy.cut()
        else:
            owner.send(signal.SIGKILL if kind == "killed" else signal.SIGSTOP)
        pause(0.3)  # for what was sent before
        written = len(here.records())
        failed_over, handed_over = here.continued(at, written), 0.0
        problems: list[str] = []
        if kind != "killed":
            proxy.join()
            owner.send(signal.SIGCONT)
            pause(1.5)  # in which the owner would write
            at, count = datetime.now(UTC), len(here.records())
            if (more := count - other.finish() - written) > 0:
                problems.append(f"the owner wrote {more} records after the lease had moved")
            handed_over = here.continued(at, count)
        here.simulator.advance(60.0)
        if len(group.wait(PATIENCE)) != OPERATIONS or any(isinstance(each, PollFailed) for each in events):
            problems.append("a follower noticed more than the pause")
        problems += here.problems()
        (other if kind == "killed" else owner).finish()
        return Pauses(failed_over, handed_over), [f"{kind}: {problem}" for problem in problems]


WAYS = (("killed", False), ("killed", True), ("stopped", False), ("stopped", True), ("cut off", True))
"""What happens to the owner, and whether the journal is at a broker."""


def fail_all(ways: tuple[tuple[str, bool], ...], folder: Path) -> list[tuple[str, Pauses, list[str]]]:
    """Let the owner fail in some ways at the same time."""
    with Broker(folder) as broker, ThreadPoolExecutor(len(ways)) as pool:

        def run(number: int, kind: str, is_nats: bool) -> tuple[str, Pauses, list[str]]:
            url = f"{broker.url}/way{number}" if is_nats else f"sqlite:///{folder / f'{number}.db'}"
            return f"{kind}, {'nats' if is_nats else 'sqlite'}", *fail(kind, url, folder, broker)

        return [each.result() for each in [pool.submit(run, n, *way) for n, way in enumerate(ways)]]


if __name__ == "__main__":
    has_failed = False
    for _ in range(int(sys.argv[1])):
        with tempfile.TemporaryDirectory() as temporary:
            for name, pauses, problems in fail_all(WAYS, Path(temporary)):
                over = f", handed over in {pauses.handed_over:.1f} s" if pauses.handed_over else ""
                print(f"{name}: continued after {pauses.failed_over:.1f} s{over}", *problems, sep="\n  ", flush=True)
                has_failed = has_failed or bool(problems)
    sys.exit(has_failed)
