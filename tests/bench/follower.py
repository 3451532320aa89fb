"""One client that follows operations of ``busy_server``, in a process of its own.

``python -m tests.bench.follower CLIENT COUNT SECONDS URL [CA_FILE]`` prints its figures as JSON. CPU and memory are
measured from the moment the connection has answered one request: imports and the token are not part of them.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import random
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import rxeryph
from rxeryph.events import LogEntryAdded
from rxeryph.streams import EventHandlers

from .busy_world import operation_id
from .watch import INTERVAL, Figures, Watch

JITTER = 0.1
"""As the polling of rxeryph has it."""


def automatic(watch: Watch, ids: list[str], base: str, ca_file: str | None, **options: Any) -> None:
    """``track_all`` of one connection."""
    handlers = EventHandlers(on_completed=watch.done.set)
    handlers.on(LogEntryAdded, lambda event: watch.saw(event.entry.id, event.entry.message))
    with rxeryph.connect(
        endpoint=base, client_id="c", client_secret="s", polling=watch.polled, verify=ca_file or True, **options
    ) as eryph:
        eryph.operations.get(ids[0])
        watch.measure(lambda: eryph.track_all(ids).subscribe(handlers))


def never(watch: Watch, ids: list[str], base: str, ca_file: str | None) -> None:
    """The same, with one GET for each poll."""
    can_batch = "batching" in inspect.signature(rxeryph.connect).parameters
    automatic(watch, ids, base, ca_file, **({"batching": "never"} if can_batch else {}))


def aiohttp(watch: Watch, ids: list[str], base: str, ca_file: str | None) -> None:
    """What one writes by hand: a coroutine for each operation, and one GET for each poll."""
    module = importlib.import_module("aiohttp")  # not in every environment, nor are its types
    verify = ssl.create_default_context(cafile=ca_file) if ca_file else True

    async def poll(session: Any, path: str, since: str) -> Any:
        query = {"expand": "logs,tasks,resources,projects", "log_time_stamp": since}
        async with session.get(path, params=query, ssl=verify) as reply:
            return await reply.json()

    async def follow(session: Any, path: str) -> None:
        due, since, seen = time.monotonic(), "2018-01-01T00:00:00.0000000Z", set()
        status = "Running"
        while status == "Running":
            operation = await poll(session, path, since)
            watch.polled()
            status = operation["status"]
            for entry in operation["log_entries"]:
                if entry["id"] not in seen:
                    seen.add(entry["id"])
                    since = max(since, entry["timestamp"])
                    watch.saw(entry["id"], entry["message"])
            due += INTERVAL * random.uniform(1 - JITTER, 1 + JITTER)
            await asyncio.sleep(due - time.monotonic())

    async def follow_all() -> None:
        async with module.ClientSession(base, headers={"Authorization": "Bearer token"}) as session:
            paths = [f"/compute/v1/operations/{each}" for each in ids]
            await poll(session, paths[0], "2018-01-01T00:00:00.0000000Z")
            ready.set()
            await asyncio.to_thread(start.wait)
            await asyncio.gather(*(follow(session, path) for path in paths))
        watch.done.set()

    ready, start = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(follow_all()), daemon=True)
    thread.start()
    ready.wait(10)
    watch.measure(start.set)
    thread.join(10)


CLIENTS: dict[str, Callable[[Watch, list[str], str, str | None], None]] = {
    "aiohttp": aiohttp,
    "never": never,
    "automatic": automatic,
}


def measured(client: str, count: int, seconds: int, base: str, ca_file: str | None) -> Figures:
    """The figures of ``client`` in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.follower", client, str(count), str(seconds), base]
    output = subprocess.run([*command, *([ca_file] if ca_file else [])], stdout=subprocess.PIPE, check=True).stdout
    return Figures(**json.loads(output))


def _main(client: str, count: int, seconds: int, base: str, ca_file: str | None = None) -> None:
    watch = Watch(seconds)
    CLIENTS[client](watch, [operation_id(number) for number in range(count)], base, ca_file)
    context = ssl.create_default_context(cafile=ca_file) if ca_file else None
    with urllib.request.urlopen(f"{base}/truth", context=context) as reply:
        print(json.dumps(asdict(watch.figures(count, json.load(reply)))))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
