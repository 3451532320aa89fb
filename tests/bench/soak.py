"""Minutes of real time under random faults: handlers see what the server wrote, once each, and nothing remains.

``python -m tests.bench.soak --minutes 10`` follows 300 operations of the simulator in rounds of a minute. In every
second round the server restarts, and its operations stop where they are until it gives them up.
"""

from __future__ import annotations

import argparse
import gc
import logging
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from unittest.mock import patch

import psutil

import rxeryph
from rxeryph.events import LogEntryAdded, OperationFinished, TrackingFailed
from rxeryph.polling import fixed
from rxeryph.simulator import Log, Simulator, Task
from rxeryph.streams import EventHandlers
from tests.simulation import Raw

OPERATIONS = 300
ROUND = 50.0
"""How many seconds the operations of a round take."""
PAUSE, FAULT_EVERY = 0.1, 0.5
"""Seconds between two chances of a fault, and between two faults on average; some affect 20 polls."""
MOST_PENDING = 60
"""So many faults wait when no request matches them; they are removed."""
PATIENCE = 60.0
"""How many seconds after its time a round may still be under way."""
GIVEN_UP = 26 * 3600.0
"""Simulated seconds after which the server has cancelled operations that make no progress."""
LATEST = 0.8
"""Log entries are stored up to so many seconds late, so that settling, which waits a second, sees the last ones."""
POLLS = "/v1/operations"


class Seen:
    """What the handlers of one round saw."""

    def __init__(self) -> None:
        self.entries: Counter[str] = Counter()
        self.finished: Counter[str] = Counter()
        self.failed: dict[str, Exception] = {}
        self.ended = threading.Event()
        self.handlers = EventHandlers(on_completed=self.ended.set)
        self.handlers.on(LogEntryAdded, lambda event: self.entries.update((event.entry.id,)))
        self.handlers.on(OperationFinished, lambda event: self.finished.update((event.operation_id,)))
        self.handlers.on(TrackingFailed, lambda event: self.failed.update({event.operation_id: event.error}))

    def report(self, ids: Sequence[str], truth: set[str]) -> tuple[str, bool]:
        """What was seen, compared with the entries that the server has, and whether all is well."""
        lost = len(truth - self.entries.keys())
        doubled = sum(self.entries.values()) - len(self.entries)
        invented = len(self.entries.keys() - truth)
        ended = sum(self.finished[each] == 1 for each in ids)
        line = (
            f"{ended} of {len(ids)} ended, {len(truth)} entries, {lost} lost, {doubled} doubled, {invented} invented,"
            f" {len(self.failed)} failed {sorted({repr(error) for error in self.failed.values()})[:3] or ''}"
        )
        return line, ended == len(ids) and not (lost or doubled or invented or self.failed)


def trouble(simulator: Simulator, chance: random.Random) -> tuple[Callable[[], None], ...]:
    """What may go wrong with the next polls."""

    def refuse_token() -> None:
        add.clear()  # so that no poll is refused twice in a row: the second refusal would be final
        add.reply(401, path=POLLS)

    add, few, many = simulator.faults, chance.randint(1, 3), chance.randint(1, 20)
    return (
        lambda: add.reset(path=POLLS, times=many),
        lambda: add.reset(path=POLLS, processed=True, times=many),
        lambda: add.truncate(path=POLLS, times=many),
        lambda: add.dribble(chance.uniform(0.5, 3.0), path=POLLS, times=few),
        lambda: add.delay(chance.uniform(0.1, 2.0), path=POLLS, times=few),
        lambda: add.hang(path=POLLS),
        lambda: add.problem(500, path=POLLS, times=many),
        lambda: add.busy(
            status=chance.choice((429, 503)), retry_after=chance.uniform(0.1, 2.0), path=POLLS, times=few
        ),
        lambda: add.html(path=POLLS, times=few),
        refuse_token,
        lambda: add.unreadable(times=many),
        lambda: add.problem(403, path=f"{POLLS}$", times=few),
    )


def script(chance: random.Random) -> Task:
    """About ``ROUND`` seconds of work that writes now and then."""
    steps = []
    left = ROUND * chance.uniform(0.8, 1.0)
    while left > 0:
        seconds = chance.uniform(0.2, 8.0)
        left -= seconds
        steps.append(
            Log(f"{left:.1f} s left", seconds=seconds, late=chance.choice((0.0, 0.0, chance.uniform(0, LATEST))))
        )
    half = len(steps) // 2
    return Task("SoakCommand", Task("FirstHalfCommand", *steps[:half]), Task("SecondHalfCommand", *steps[half:]))


def play_round(
    simulator: Simulator, eryph: rxeryph.Eryph, chance: random.Random, *, restarts: bool
) -> tuple[str, bool]:
    """Follow operations from their beginning to their end, and compare."""
    ids = [simulator.play(script(chance)) for _ in range(OPERATIONS)]
    seen, count = Seen(), 0
    subscription = eryph.track_all(ids).subscribe(seen.handlers)
    began = time.monotonic()
    moments = [(ROUND / 2, simulator.restart), (ROUND, lambda: simulator.advance(GIVEN_UP))] if restarts else []
    while not seen.ended.wait(PAUSE) and (age := time.monotonic() - began) < ROUND + PATIENCE:
        if moments and age > moments[0][0]:
            moments.pop(0)[1]()
        if age > ROUND or simulator.faults.pending > MOST_PENDING:
            simulator.faults.clear()
        elif chance.random() < PAUSE / FAULT_EVERY:
            chance.choice(trouble(simulator, chance))()
            count += 1
    subscription.dispose()
    simulator.faults.clear()
    with Raw(simulator) as raw:
        truth = {entry["id"] for each in ids for entry in raw.operation(each)["log_entries"]}
    for each in ids:
        simulator.forget(each)
    line, is_well = seen.report(ids, truth)
    return f"{'restart' if restarts else 'no restart':<10}  {count} faults, {line}", is_well


def soak(minutes: float, seed: int) -> bool:
    """Print a line for each round, and what remains; True if all is well."""
    chance = random.Random(seed)
    process = psutil.Process()
    threads, descriptors = set(threading.enumerate()), process.num_fds()
    until = time.monotonic() + minutes * 60
    is_well, number = True, 0
    # Kept connections are closed after a second, when the next poll may be on its way.
    with (
        patch("rxeryph.simulator.web.server.KEEP_ALIVE", 1),
        Simulator(seed=seed, speed=1.0) as simulator,
        rxeryph.connect(
            endpoint=simulator.endpoint,
            client_id=simulator.client_id,
            private_key=simulator.private_key,
            polling=fixed(1.0),
            request_timeout=(1.0, 2.0),
        ) as eryph,
    ):
        while time.monotonic() < until:
            line, is_good = play_round(simulator, eryph, chance, restarts=number % 2 == 1)
            number += 1
            is_well &= is_good
            print(f"round {number:>2}, {line}", flush=True)
    gc.collect()
    left = sorted(thread.name for thread in set(threading.enumerate()) - threads)
    more = process.num_fds() - descriptors
    print(f"threads left: {left or 'none'}; descriptors: {descriptors} before, {more} more after")
    return is_well and not left and more <= 0


def main(arguments: Sequence[str]) -> int:
    """Run as long as asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    logging.getLogger("rxeryph").setLevel(logging.CRITICAL)  # it would log each fault
    is_well = soak(chosen.minutes, chosen.seed)
    print("all is well" if is_well else "NOT WELL")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
