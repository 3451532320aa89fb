"""The simulator: polls of a running operation answered per second of one core, and what 5,000 operations cost."""

from __future__ import annotations

import gc
import multiprocessing
import socket
import sys
import time
import tracemalloc
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized

import requests

from rxeryph.simulator import Log, Pause, Simulator, Task, Together
from rxeryph.simulator.web.exchange import App, Receive, Scope, Send
from rxeryph.simulator.web.server import HttpServer, listen

POLLS = 6_000
CONNECTIONS = 4
OPERATIONS = 5_000
LISTED = 1_000, 10_000


def script() -> Task:
    """A running operation as of a catlet that is being created: 8 tasks, and 20 entries that are there."""
    work = [Task(f"Step{number}Command", *(Log(f"line {line}") for line in range(4))) for number in range(5)]
    return Task("CreateCatletCommand", *work, Together(*(Task("PrepareGeneCommand", Pause(1e6)) for _ in range(2))))


def run() -> list[str]:
    """The lines of the report."""
    return [_starts(), *_polls(), *(_list(count) for count in LISTED), *_operations()]


def _starts() -> str:
    """Start and stop, and the same with a client that logs in, which needs two new keys."""
    seconds: dict[str, list[float]] = {"start and stop": [], "with a key and a token": []}
    for what, found in seconds.items():
        for _ in range(20):
            began = time.process_time()
            with Simulator() as simulator:
                if what != "start and stop":
                    assert simulator.private_key
                    _token(simulator)
            found.append(time.process_time() - began)
    return "; ".join(
        f"{what}: {sum(found) / len(found) * 1000:.0f} ms of CPU, at most {max(found) * 1000:.0f}"
        for what, found in seconds.items()
    )


def _polls() -> list[str]:
    with Simulator(speed=0.0) as simulator:
        operation = simulator.play(script())
        simulator.advance(300.0)
        token = _token(simulator)
        path = f"/compute/v1/operations/{operation}?expand=logs,tasks,resources,projects"
        quiet = _measured(simulator.port, f"{path}&log_time_stamp=2026-01-01T08:05:00Z", token)
        whole = _measured(simulator.port, path, token)
    sockets = listen(0, with_ipv6=False)
    server = HttpServer(sockets, lambda stopping: _bare(quiet.size))
    server.start()
    bare = _measured(sockets[0].getsockname()[1], path, token)
    server.stop()
    return [
        f"{what}, {polls.size} bytes: {polls.per_core:,.0f} per second of one core (as measured {polls.rate:,.0f}),"
        f" {bare.per_core / polls.per_core:.1f} times the CPU of a server that knows the bytes"
        for what, polls in (("a quiet poll", quiet), ("a poll with 20 entries", whole))
    ]


@dataclass
class _Polls:
    per_core: float
    rate: float
    size: int


def _measured(port: int, path: str, token: str, count: int = POLLS, warm_up: int = 200) -> _Polls:
    _run_polls(port, path, token, warm_up)
    began, began_cpu = time.perf_counter(), time.process_time()
    size = _run_polls(port, path, token, count)
    wall, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    return _Polls(count / cpu, count / wall, size)


def _list(count: int) -> str:
    """A list in which nothing has changed."""
    with Simulator(speed=0.0) as simulator:
        for _ in range(count):
            simulator.play(script())
        simulator.advance(100.0)
        token = _token(simulator)
        path = "/compute/v1/operations?expand=logs,tasks,resources,projects&log_time_stamp="
        quiet = _measured(simulator.port, f"{path}2026-01-01T08:05:00Z", token, 12, CONNECTIONS)
        whole = _measured(simulator.port, f"{path}2018-01-01T00:00:00Z", token, 12, CONNECTIONS)
    return (
        f"a list of {count:,} operations: {1000 / quiet.per_core:.1f} ms of CPU for {quiet.size / 1e6:.1f} MB without"
        f" entries, {1000 / whole.per_core:.1f} ms for {whole.size / 1e6:.1f} MB with all"
    )


def _bare(size: int) -> App:
    headers = [(b"content-length", str(size).encode()), (b"content-type", b"application/json")]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b" " * size})

    return app


def _run_polls(port: int, path: str, token: str, count: int) -> int:
    """Ask from another process; returns the size of the body."""
    context = multiprocessing.get_context("spawn")
    size = context.Value("i", 0)
    process = context.Process(target=_poll, args=(port, path, token, count, size))
    process.start()
    process.join()
    if process.exitcode != 0:
        sys.exit("the client failed")
    return int(size.value)


def _poll(port: int, path: str, token: str, count: int, size: Synchronized[int]) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    for _ in range(count // CONNECTIONS):
        for connection in connections:
            connection.sendall(request)
        for connection in connections:
            size.value = len(_body(connection))
    for connection in connections:
        connection.close()


def _body(connection: socket.socket) -> bytes | bytearray:
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
    return body


def _operations() -> list[str]:
    simulator = Simulator(speed=0.0)
    gc.collect()
    tracemalloc.start()
    for _ in range(OPERATIONS):
        simulator.play(script())
    simulator.advance(60.0)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    simulator = Simulator(speed=0.0)
    began = time.process_time()
    for _ in range(OPERATIONS):
        simulator.play(script())
    simulator.advance(60.0)
    busy = time.process_time() - began
    simulator.advance(3000.0)  # what they had to say is said
    began = time.process_time()
    for _ in range(100):
        simulator.advance(1.0)
    idle = (time.process_time() - began) / 100
    return [
        f"{OPERATIONS:,} running operations: {used / OPERATIONS / 1024:.1f} kB each;"
        f" a simulated second takes {busy / 60 * 1000:.0f} ms of CPU in their first minute, when all begin and log,"
        f" and {idle * 1e6:.0f} us while they rest",
    ]


def _token(simulator: Simulator) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": simulator.client_id,
        "client_secret": simulator.client_secret,
    }
    with closing(requests.Session()) as session:
        session.trust_env = False
        reply = session.post(f"{simulator.identity_endpoint}/connect/token", data=form, timeout=5)
    return str(reply.json()["access_token"])


if __name__ == "__main__":
    print("\n".join(run()))
