"""Create the catlets of an environment side by side, show their log entries, and report which ones failed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

import reactivex.operators as rx
from reactivex import Observable

import rxeryph
from rxeryph import operators as ops
from rxeryph.events import AnyEvent, LogEntryAdded

CATLETS = {"web": "dbosoft/ubuntu-22.04/starter", "db": "dbosoft/ubuntu-22.04/starter"}


def deploy(
    eryph: rxeryph.Eryph,
    catlets: Mapping[str, str],
    *,
    timeout: float = 600.0,
    show: Callable[[str], None] = print,
) -> dict[str, str]:
    """Create a catlet of each name from its parent, all within ``timeout`` seconds.

    Returns the errors by name; an empty dict means that all catlets exist.
    """
    deadline = time.monotonic() + timeout
    streams: dict[str, rxeryph.OperationStream] = {}
    problems: dict[str, str] = {}
    for name, parent in catlets.items():
        try:
            streams[name] = eryph.catlets.create({"name": name, "parent": parent})  # sent here, once
        except rxeryph.RxEryphError as error:
            problems[name] = str(error)
    for name, stream in streams.items():
        lines(name, stream).subscribe(show, on_error=lambda error: None)  # wait() raises it as well
    for name, stream in streams.items():
        try:
            stream.wait(max(0.0, deadline - time.monotonic())).raise_for_status()
        except rxeryph.RxEryphError as error:
            problems[name] = str(error)
    return problems


def lines(name: str, events: Observable[AnyEvent]) -> Observable[str]:
    """The log entries of an operation as lines: at most one per second, and always the last one."""

    def line(event: LogEntryAdded) -> str:
        return f"{name}: {event.entry.message}"

    return events.pipe(ops.throttle_logs(1.0), ops.of_type(LogEntryAdded), rx.map(line))


if __name__ == "__main__":
    with rxeryph.connect() as eryph:
        problems = deploy(eryph, CATLETS)
    sys.exit("\n".join(f"{name} failed: {problem}" for name, problem in problems.items()))
