"""A day of virtual time with 1,000 operations, whose lists fail, come late and leave operations out.

``python -m tests.bench.day [OPERATIONS] [SEED]`` exits with 1 if anything was lost, doubled or did not end.
"""

from __future__ import annotations

import bisect
import random
import sys
import time
from collections import Counter
from dataclasses import replace

from rxeryph.events import LogEntryAdded
from rxeryph.model import LogEntry, Operation, OperationStatus
from rxeryph.polling import Batching, fixed
from rxeryph.retry import ErrorBudget
from tests.observing import Spy
from tests.unit.polling.together import Together, Trouble, later_than
from tests.unit.samples import entry, operation

OPERATIONS, SEED = 1000, 0
DAY = 86_400.0
INTERVAL = 60.0
"""Seconds between polls."""
ENTRIES = 40
"""Log entries of each operation."""
LATE = 3.0
"""Seconds from an entry's time to when the server shows it, at most."""


class Life:
    """One operation, which writes entries through the day and ends before it is over."""

    def __init__(self, name: str, chance: random.Random) -> None:
        end = chance.uniform(0.1, 0.95) * DAY
        times = sorted(chance.uniform(0.0, end) for _ in range(ENTRIES))
        self.entries = [entry(f"{name} {number}", at) for number, at in enumerate(times)]
        self._ticks = [each.ticks for each in self.entries]
        self._shown_at = [at + chance.uniform(0.0, LATE) for at in times]
        self._end = end + LATE
        self._running = operation(id=name)
        self._ended = replace(self._running, status=OperationStatus.COMPLETED)

    def at(self, now: float, stamp: str | None) -> Operation:
        """What the server shows of it."""
        begin = bisect.bisect_right(self._ticks, later_than(stamp))
        shown: list[LogEntry] = []
        for number in range(begin, ENTRIES):
            if self._shown_at[number] <= now:
                shown.append(self.entries[number])
            elif self._shown_at[number] > now + 2 * LATE:
                break
        bare = self._running if now < self._end else self._ended
        return replace(bare, log_entries=tuple(shown)) if shown else bare


class Seen(Spy):
    """Counts log entries instead of keeping events."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: Counter[str] = Counter()

    def on_next(self, value: object) -> None:
        if isinstance(value, LogEntryAdded):
            self.counted[value.entry.id] += 1


def run(count: int = OPERATIONS, seed: int = SEED) -> list[str]:
    """The lines of the report, the last of which is the verdict."""
    chance = random.Random(seed)
    lives = {f"op{number}": Life(f"op{number}", chance) for number in range(count)}
    trouble = Trouble(fails=0.01, leaves_out=0.001, breaks=0.001, rewrites=0.001, late=2.0, chance=chance)
    budget = ErrorBudget(attempts=1000, seconds=1e9)
    began = time.process_time()
    lab = Together(
        tuple(lives),
        lambda name, now, stamp: lives[name].at(now, stamp),
        Batching.ALWAYS,
        trouble,
        policy=fixed(INTERVAL),
        error_budget=budget,
    )
    spies = {name: Seen() for name in lives}
    for name, spy in spies.items():
        lab.join(name, spy)
    lab.run(DAY)
    due = {name: {each.id for each in life.entries} for name, life in lives.items()}
    lost = sum(len(due[name] - spies[name].counted.keys()) for name in lives)
    doubled = sum(spy.counted.total() - len(spy.counted) for spy in spies.values())
    open_ones = sum(not spy.completed for spy in spies.values())
    made = lab.batcher.statistics()
    return [
        f"{count} operations, {count * ENTRIES} log entries, {made.polls} polls, {made.lists} lists,"
        f" {len(lab.alone)} single polls, {time.process_time() - began:.0f} s of CPU",
        f"lost {lost}, doubled {doubled}, without an end {open_ones}",
    ]


if __name__ == "__main__":
    report = run(*map(int, sys.argv[1:3]))
    print("\n".join(report))
    sys.exit(report[-1] != "lost 0, doubled 0, without an end 0")
