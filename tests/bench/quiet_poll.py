"""CPU of a poll that brings nothing new, against the barest loops one could write."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import closing

import requests
import urllib3

import rxeryph
from rxeryph.client import ConnectionSettings
from rxeryph.client.polling_reads import SnapshotReader

from .canned import OPERATION_ID, canned_server

POLLS = 3000
PACED_POLLS, PACE = 500, 0.005
"""Polls with a wait of so many seconds in between, as polls are in life; then the timer has its part too."""
PATH = f"/compute/v1/operations/{OPERATION_ID}"
QUERY = "?expand=logs,tasks,resources,projects&log_time_stamp=2018-01-01T00:00:00.0000000Z"
HEADERS = {"Accept": "application/json", "Authorization": "Bearer token", "x-ms-client-request-id": "1"}


def bare_urllib3(base: str) -> float:
    """A urllib3 GET and json.loads."""
    with urllib3.PoolManager() as pool:

        def poll() -> None:
            json.loads(pool.request("GET", base + PATH + QUERY, headers=HEADERS).data)

        return _cpu(poll)


def plain_requests(base: str) -> float:
    """A GET of a requests session and its json."""
    with requests.Session() as session:

        def poll() -> None:
            session.get(base + PATH + QUERY, headers=HEADERS, timeout=10).json()

        return _cpu(poll)


def reader(base: str) -> float:
    """Our request, decoding and comparison, without the engine."""
    with closing(ConnectionSettings(endpoint=base, client_id="c", client_secret="s").open()) as transport:
        read = SnapshotReader(transport, OPERATION_ID).fetch
        return _cpu(lambda: read(None))


def bare_paced(base: str) -> float:
    """The same with a sleep after each."""
    with urllib3.PoolManager() as pool:

        def poll() -> None:
            json.loads(pool.request("GET", base + PATH + QUERY, headers=HEADERS).data)
            time.sleep(PACE)

        return _cpu(poll, PACED_POLLS)


def stream(base: str, count: int = POLLS, pace: float = 1e-6) -> float:
    """Everything: engine, worker, request, comparison, history, one subscriber."""
    with rxeryph.connect(endpoint=base, client_id="c", client_secret="s") as eryph:
        source = eryph.track(OPERATION_ID)
        polls = _Polls(count, pace)
        source.polling = polls
        source.subscribe(lambda event: None)
        polls.done.wait(300)
        return polls.cpu


def stream_paced(base: str) -> float:
    """The same, every few milliseconds."""
    return stream(base, PACED_POLLS, PACE)


class _Polls:
    """A policy that asks every ``pace`` seconds, and measures the CPU of ``count`` polls."""

    def __init__(self, count: int, pace: float) -> None:
        self._pace = pace
        self._left = count + 50
        self._count = count
        self._began = 0.0
        self.cpu = 0.0
        self.done = threading.Event()

    def __call__(self, context: object) -> float:
        self._left -= 1
        if self._left == self._count:
            self._began = time.process_time()
        if self._left == 0:
            self.cpu = (time.process_time() - self._began) / self._count
            self.done.set()
        return self._pace if self._left > 0 else 60.0


def _cpu(poll: Callable[[], object], count: int = POLLS) -> float:
    for _ in range(50):
        poll()
    began = time.process_time()
    for _ in range(count):
        poll()
    return (time.process_time() - began) / count


def run() -> list[str]:
    """The lines of the report; each ratio is against the bare loop of its kind."""
    back_to_back = (bare_urllib3, plain_requests, reader, stream)
    paced = (bare_paced, stream_paced)
    best: dict[str, float] = {}
    with canned_server() as base:
        for _ in range(3):
            for measure in (*back_to_back, *paced):
                best[measure.__name__] = min(best.get(measure.__name__, 9.0), measure(base))
    return [
        f"{measure.__name__:<16} {best[measure.__name__] * 1e6:7.1f} us CPU per poll"
        f"   {best[measure.__name__] / best[kind[0].__name__]:5.2f}"
        for kind in (back_to_back, paced)
        for measure in kind
    ]


if __name__ == "__main__":
    print("\n".join(run()))
