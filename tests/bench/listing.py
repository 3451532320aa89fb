"""A list of 1,000 operations with their log entries, loaded for the first time and when nothing has changed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from rxeryph.wire import ListLoader, load_operations

from .canned import operation

OPERATIONS, ENTRIES = 1000, 20


def body() -> str:
    """What the server sends for ``expand=logs,tasks,resources,projects``."""
    template = json.dumps(operation(ENTRIES))
    listed = [{**json.loads(template), "id": f"00000000-0000-4000-9000-{index:012d}"} for index in range(OPERATIONS)]
    return json.dumps({"value": listed})


def run() -> list[str]:
    """The lines of the report; the ratios are against json.loads of the same body."""
    text = body()
    bare = _best(lambda: json.loads(text))
    first = _best(lambda: load_operations(json.loads(text)), times=2)
    loader = ListLoader()
    loader.load(json.loads(text))
    again = _best(lambda: loader.load(json.loads(text)))
    each = first / OPERATIONS
    size = f"{len(text) / 1e6:.1f} MB, {OPERATIONS} operations of 5 tasks and {ENTRIES} log entries"
    return [
        f"json.loads       {bare * 1e3:7.1f} ms   {size}",
        f"first load       {first * 1e3:7.1f} ms   {first / bare:5.2f}   {each * 1e6:.0f} us per operation",
        f"nothing changed  {again * 1e3:7.1f} ms   {again / bare:5.2f}",
    ]


def _best(work: Callable[[], object], times: int = 5) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


if __name__ == "__main__":
    print("\n".join(run()))
