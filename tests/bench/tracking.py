"""What a new log entry costs when few and when many are known, and what it costs to read all of them."""

from __future__ import annotations

import time
from collections.abc import Callable

from rxeryph.model import LogEntry, Operation, OperationStatus
from rxeryph.tracking import NOTHING_KNOWN, Known, observe

FEW, MANY = 1_000, 50_000
POLLS = 100
ROUNDS = 20


def snapshot(first: int, last: int) -> Operation:
    """A running operation that shows the entries from ``first`` to before ``last``."""
    entries = tuple(LogEntry(f"entry {number}", "task", "a line", number * 1000) for number in range(first, last))
    return Operation("op", OperationStatus.RUNNING, log_entries=entries)


def run() -> list[str]:
    """The lines of the report."""
    known = {size: observe(NOTHING_KNOWN, snapshot(0, size))[0] for size in (FEW, MANY)}
    reading = min(_read(known[MANY]) for _ in range(ROUNDS))
    # Each poll shows one new entry, and the nine before it again.
    polls = {
        size: [snapshot(size + number - 9, size + number + 1) for number in range(ROUNDS * POLLS)] for size in known
    }
    few, many = _best(lambda size, part: _grow(known, size, polls[size][part]))
    return [
        f"a new entry: {few * 1e6:.2f} us with {FEW:,} known, {many * 1e6:.2f} us with {MANY:,};"
        f" ratio {many / few:.2f}",
        f"the operation with all of {MANY:,} entries: {reading * 1e6:.0f} us",
    ]


def _best(measure: Callable[[int, slice], float]) -> tuple[float, float]:
    """Seconds for few and for many, the best of some rounds that take turns."""
    best = {FEW: 9.0, MANY: 9.0}
    for number in range(ROUNDS):
        for size in best:
            best[size] = min(best[size], measure(size, slice(number * POLLS, (number + 1) * POLLS)))
    return best[FEW], best[MANY]


def _grow(known: dict[int, Known], size: int, snapshots: list[Operation]) -> float:
    current = known[size]
    began = time.process_time()
    for each in snapshots:
        current, _ = observe(current, each)
    seconds = (time.process_time() - began) / len(snapshots)
    known[size] = current
    return seconds


def _read(known: Known) -> float:
    began = time.process_time()
    for _ in range(20):
        assert known.complete_operation is not None
    return (time.process_time() - began) / 20


if __name__ == "__main__":
    print("\n".join(run()))
