"""The operations of ``busy_server``: what they write and when, each as the bytes that a server would send."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta

CHANGING = 0.05
"""The share of the operations that change in a second."""
TICK = 0.05
"""Seconds between two rounds of changes."""
QUIET = 2.0
"""So many seconds before the end nothing is written, so that each delay is that of an ordinary poll."""
STAMP = 27
"""How much of a time is compared: the rest is its zone, which is always UTC."""

_BEGAN = datetime(2026, 6, 26, 10, 0, tzinfo=UTC)
_NUMBER = "#" * 12


def operation_id(number: int | str) -> str:
    """The id of an operation."""
    return f"00000000-0000-4000-9000-{number:0>12}"


def entry_id(number: int, count: int) -> str:
    """The id of an operation's log entry; ``count`` starts at 1."""
    return f"{count:08d}-0000-4000-a000-{number:012d}"


class World:
    """All operations, each as the bytes a server would send."""

    def __init__(self, count: int, seconds: float) -> None:
        self.written = [0] * count
        self.requests = [0] * (int(seconds) + 1000)  # in each second
        self._seconds = seconds
        self._began: float | None = None
        self._is_running = True
        self._heads = _heads(count, "Running")
        self._entries: list[list[tuple[str, bytes]]] = [[] for _ in range(count)]
        self._latest: dict[int, str] = {}  # the stamp of each operation's latest entry, in the order of time
        self._random = random.Random(1)

    def request(self) -> None:
        """Count a request; time begins with the first."""
        if self._began is None:
            self._began = time.monotonic()
        self.requests[int(self._age())] += 1

    def now(self) -> datetime:
        """The server's time."""
        return _BEGAN + timedelta(seconds=self._age())

    def change(self) -> None:
        """Let some operations write an entry, or all of them complete."""
        count, age = len(self.written), self._age()
        if age >= self._seconds and self._is_running:
            self._is_running = False
            self._heads = _heads(count, "Completed", ended_at=_stamp(self.now()))
        elif 0 < age < self._seconds - QUIET:
            expected = count * CHANGING * TICK
            changes = int(expected) + (self._random.random() < expected % 1)
            for number in self._random.sample(range(count), changes):
                self._write(number)

    def operation(self, number: int, since: str) -> bytes:
        """One operation with its entries later than ``since``."""
        shown = b",".join(entry for stamp, entry in self._entries[number] if stamp > since)
        return self._heads[number].replace(b'"log_entries":[]', b'"log_entries":[' + shown + b"]", 1)

    def listed(self, since: str) -> bytes:
        """All operations; those without new entries are the same bytes again."""
        shown = self._heads.copy()
        for number, stamp in reversed(self._latest.items()):
            if stamp <= since:
                break
            shown[number] = self.operation(number, since)
        return b'{"value":[' + b",".join(shown) + b"]}"

    def _age(self) -> float:
        return 0.0 if self._began is None else time.monotonic() - self._began

    def _write(self, number: int) -> None:
        self.written[number] += 1
        stamp = _stamp(self.now())
        entry = {
            "id": entry_id(number, self.written[number]),
            "task_id": operation_id(number).replace("9000", "8001"),
            "message": repr(time.monotonic()),
            "timestamp": stamp,
        }
        self._entries[number].append((stamp[:STAMP], as_json(entry)))
        self._latest.pop(number, None)
        self._latest[number] = stamp[:STAMP]


def _heads(count: int, status: str, **ended: str) -> list[bytes]:
    shown = operation_id(_NUMBER)
    times = {
        "created": "2026-06-26T10:00:00.1234567+00:00",
        "started_at": "2026-06-26T10:00:00.2010034+00:00",
        **ended,
    }
    tasks = [
        {
            "id": shown.replace("9000", f"800{task}"),
            "parent_task_id": shown if task == 0 else shown.replace("9000", "8000"),
            "name": "PrepareGeneCommand",
            "display_name": f"Preparing gene volume::gene:dbosoft/ubuntu-24.04/20250101:sd{task}[hyperv/amd64]",
            "progress": 10 * task,
            "status": status,
            **times,
        }
        for task in range(5)
    ]
    operation = {"id": shown, "status": status, "status_message": status, "requested_by": "system-client", **times}
    template = as_json({**operation, "log_entries": [], "resources": [], "projects": [], "tasks": tasks})
    return [template.replace(_NUMBER.encode(), b"%012d" % number) for number in range(count)]


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}0+00:00"


def as_json(body: object) -> bytes:
    """``body`` as a server sends it."""
    return json.dumps(body, separators=(",", ":")).encode()
