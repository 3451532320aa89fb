"""Lists of operations, and one big operation: loaded for the first time, and cut when nothing has changed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from rxeryph.wire import ListSlicer, SnapshotLoader, load_operations

from .canned import operation

ENTRIES = 20
COMPACT = (",", ":")


def big() -> bytes:
    """An operation of 50 tasks and 500 log entries."""
    big = operation(entries=500)
    tasks = big["tasks"]
    assert isinstance(tasks, list)
    big["tasks"] = [{**tasks[index % 5], "id": f"00000000-0000-4000-8000-{index:012d}"} for index in range(50)]
    return json.dumps(big, separators=COMPACT).encode()


def listed(count: int) -> bytes:
    """What the server sends for ``expand=logs,tasks,resources,projects``."""
    one = operation(ENTRIES)
    return json.dumps(
        {"value": [{**one, "id": f"00000000-0000-4000-9000-{index:012d}"} for index in range(count)]},
        separators=COMPACT,
    ).encode()


def run() -> list[str]:
    """The lines of the report; the ratios are against json.loads of the same body."""
    return [
        _ratio("first load of 50 tasks and 500 entries", big(), lambda text: SnapshotLoader().load(text)),
        _ratio("first load of a list of 1,000", listed(1000), lambda text: load_operations(json.loads(text))),
        *(_unchanged(count) for count in (1000, 10_000)),
    ]


def _unchanged(count: int) -> str:
    slicer = ListSlicer()
    slicer.cut(listed(count))
    return _ratio(f"a list of {count:,} of which nothing changed", listed(count), slicer.cut, count)


def _ratio(name: str, text: bytes, work: Callable[[bytes], object], count: int = 0) -> str:
    bare = _best(lambda: json.loads(text))
    taken = _best(lambda: work(text))
    each = f"   {taken / count * 1e6:.2f} us per operation; json.loads {bare / count * 1e6:.2f}" if count else ""
    return f"{name:42} {taken * 1e3:7.2f} ms   {taken / bare:5.2f}{each}"


def _best(work: Callable[[], object], times: int = 7) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


if __name__ == "__main__":
    print("\n".join(run()))
