"""Many operations on few threads, against a server that takes 20 ms, and against a thread for each of them."""

from __future__ import annotations

import resource
import threading
import time
import uuid
from collections.abc import Callable
from unittest.mock import patch

import requests

import rxeryph
from rxeryph.client.polling_reads import SnapshotReader
from rxeryph.model import Operation
from rxeryph.polling import fixed

from .canned import canned_server

SECONDS = 10.0
DELAY = 0.02


class Watch:
    """Counts polls, and those of one operation that overlap."""

    def __init__(self) -> None:
        self.polls = 0
        self.overlaps = 0
        self.most_threads = 0
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    def around(self, operation_id: str, poll: Callable[[], Operation | None]) -> Operation | None:
        with self._lock:
            self.overlaps += operation_id in self._busy
            self._busy.add(operation_id)
            self.most_threads = max(self.most_threads, threading.active_count())
        try:
            return poll()
        finally:
            with self._lock:
                self.polls += 1
                self._busy.discard(operation_id)


def ours(base: str, ids: list[str], interval: float, workers: int) -> tuple[Watch, float]:
    watch = Watch()

    class Watched(SnapshotReader):
        def fetch(self, log_time_stamp: str | None) -> Operation:
            snapshot = watch.around(self.operation_id, lambda: super(Watched, self).fetch(log_time_stamp))
            assert snapshot is not None
            return snapshot

    with (
        patch("rxeryph.session.SnapshotReader", Watched),
        rxeryph.connect(
            endpoint=base,
            client_id="c",
            client_secret="s",
            workers=workers,
            polling=fixed(interval),
            batching="never",
        ) as eryph,
    ):
        streams = [eryph.track(operation_id) for operation_id in ids]
        for stream in streams:
            stream.subscribe(lambda event: None)
        return watch, _measure(watch)


def thread_each(base: str, ids: list[str], interval: float, workers: int) -> tuple[Watch, float]:
    watch = Watch()
    stop = threading.Event()

    def loop(operation_id: str) -> None:
        with requests.Session() as session:
            url = f"{base}/compute/v1/operations/{operation_id}?expand=logs,tasks"
            while not stop.is_set():
                watch.around(operation_id, lambda: session.get(url, timeout=10).json() and None)
                stop.wait(interval)

    threads = [threading.Thread(target=loop, args=(operation_id,), daemon=True) for operation_id in ids]
    for thread in threads:
        thread.start()
    try:
        return watch, _measure(watch)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _measure(watch: Watch) -> float:
    """Let it run and return the CPU seconds of a poll, without the beginning."""
    time.sleep(3.0)
    watch.polls = 0
    before = resource.getrusage(resource.RUSAGE_SELF)
    time.sleep(SECONDS)
    polls, after = watch.polls, resource.getrusage(resource.RUSAGE_SELF)
    watch.polls = polls
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / max(1, polls)


def run() -> list[str]:
    """The lines of the report."""
    lines = []
    baseline = threading.active_count()
    with canned_server(DELAY) as base:
        for count, interval, workers in ((100, 1.0, 8), (1000, 2.0, 16)):
            ids = [str(uuid.uuid4()) for _ in range(count)]
            costs = {}
            for loop in (ours, thread_each):
                watch, costs[loop] = loop(base, ids, interval, workers)
                made = watch.polls / (count * SECONDS / interval)
                threads = watch.most_threads - baseline
                lines.append(
                    f"{loop.__name__:<12} {count:>5} operations at {interval:.0f} s: {made:6.1%} of the due polls,"
                    f" {threads:>4} threads, {watch.overlaps} overlaps, {costs[loop] * 1e6:6.0f} us CPU per poll"
                )
            lines.append(f"{'':<12} CPU against a thread for each: {costs[ours] / costs[thread_each]:.2f}")
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
