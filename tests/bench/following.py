"""Following N of L operations at one poll a second, on a server with the costs of a real one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from rxeryph.simulator.web.certificate import make_certificate

from .busy_server import busy_server
from .follower import CLIENTS, measured
from .watch import Figures

SECONDS, QUICK_SECONDS = 20, 10
"""How long the operations run."""
LINES = ((300, 300), (1000, 1000), (1000, 5000), (10_000, 10_000), (5, 1000))
MOST_SINGLE = 2000
"""Single polls of more operations than this take the whole CPU of two cores, so that only lists are measured."""
FEW, REPEATS = 100, 3
"""Fewer operations than this cost so little that the best of several runs counts."""
EXPLANATION = """\
CPU is that of the client's process for each poll made: "whole" from the first poll to the last handler, "steady" in
the second half. Before the first poll the client has made one request; MiB are above those it used then. The last two
columns are relative to aiohttp with one GET each."""
SCHEMES = ("http", "https")

Line = tuple[int, int]
Measured = dict[str, Figures]
"""The figures of each client, in one line of the table."""


@dataclass(frozen=True)
class Target:
    """What ``automatic`` must reach in one line."""

    line: Line
    what: str
    of: Callable[[Figures], float]
    limit: float
    is_floor: bool = False
    relative_to: str | None = None
    """The client whose figure counts as 1."""

    def report(self, found: Measured) -> str:
        """The target, what was measured, and whether it was held."""
        count, listed = self.line
        name = f"{count:>6} of {listed:>6}  {self.what:<42} {'>=' if self.is_floor else '<='} {self.limit:<6g}"
        if "automatic" not in found or self.relative_to not in (None, *found):
            return f"{name}  not measured"
        value = self.of(found["automatic"])
        if self.relative_to is not None:
            value /= self.of(found[self.relative_to])
        is_held = value >= self.limit if self.is_floor else value <= self.limit
        return f"{name} {value:8.3f}  {'held' if is_held else 'MISSED'}"


def _cpu(figures: Figures) -> float:
    return figures.whole * 1e3


def _made(figures: Figures) -> float:
    return figures.made * 100


def _requests(figures: Figures) -> float:
    return figures.requests


TARGETS = (
    Target((300, 300), "polls made, %", _made, 98, is_floor=True),
    Target((300, 300), "requests per second", _requests, 3),
    Target((1000, 1000), "CPU ms per poll", _cpu, 0.05),
    Target((1000, 1000), "CPU relative to aiohttp with one GET each", _cpu, 0.2, relative_to="aiohttp"),
    Target((1000, 1000), "polls made, %", _made, 98, is_floor=True),
    Target((1000, 1000), "requests per second", _requests, 3),
    Target((1000, 1000), "p99 of the delay, s", lambda figures: figures.p99, 1.3),
    Target((1000, 5000), "polls made, %", _made, 98, is_floor=True),
    Target((1000, 5000), "CPU ms per poll", _cpu, 0.08),
    Target((10_000, 10_000), "polls made, %", _made, 95, is_floor=True),
    Target((10_000, 10_000), "CPU ms per poll", _cpu, 0.05),
    Target((10_000, 10_000), "memory, MiB", lambda figures: figures.memory, 450),
    Target((5, 1000), "CPU relative to single polls, 10 % is noise", _cpu, 1.1, relative_to="never"),
    *(Target(line, "lost or doubled", lambda figures: figures.lost + figures.doubled, 0) for line in LINES),
)


def run(
    seconds: int = SECONDS,
    lines: Sequence[Line] = LINES,
    clients: Sequence[str] = tuple(CLIENTS),
    schemes: Sequence[str] = SCHEMES,
) -> Iterator[str]:
    """The lines of the report, as they become known."""
    if "aiohttp" in clients and find_spec("aiohttp") is None:
        yield "aiohttp is not installed (pip install -e '.[bench]'), so nothing is compared with it."
        clients = [client for client in clients if client != "aiohttp"]
    yield EXPLANATION
    with TemporaryDirectory() as folder:
        certificate = [str(Path(folder, name)) for name in ("certificate.pem", "key.pem")]
        made = make_certificate()
        for path, pem in zip(certificate, (made.pem, made.key_pem), strict=True):
            Path(path).write_bytes(pem)
        for scheme in schemes:
            yield from _table(scheme, certificate if scheme == "https" else (), seconds, lines, clients)


def _table(
    scheme: str, certificate: Sequence[str], seconds: int, lines: Sequence[Line], clients: Sequence[str]
) -> Iterator[str]:
    yield (
        f"\n{scheme:<9} {'N':>6} of {'L':>6}  whole ms  steady ms    polls  requests/s    p99 s"
        "   lost  doubled    MiB   whole  steady"
    )
    found: dict[Line, Measured] = {line: {} for line in lines}
    for line in lines:
        chosen = [client for client in clients if client == "automatic" or line[0] <= MOST_SINGLE]
        found[line] = _measure(line, chosen, seconds, certificate)
        yield from (_row(client, line, found[line]) for client in chosen)
    yield f"\ntargets over {scheme}"
    for target in TARGETS:
        if target.line in found:
            yield target.report(found[target.line])


def _measure(line: Line, clients: Sequence[str], seconds: int, certificate: Sequence[str]) -> Measured:
    count, listed = line
    runs: dict[str, list[Figures]] = {client: [] for client in clients}
    for _ in range(REPEATS if count < FEW else 1):
        for client in clients:  # by turns, so that all meet the machine in the same moods
            with busy_server(listed, seconds, certificate) as base:
                runs[client].append(measured(client, count, seconds, base, certificate[0] if certificate else None))
    return {client: _best(figures) for client, figures in runs.items()}


def _best(runs: Sequence[Figures]) -> Figures:
    """The cheapest run, with what was lost and doubled in all of them."""
    cheapest = min(runs, key=lambda run: run.whole)
    return replace(cheapest, lost=sum(run.lost for run in runs), doubled=sum(run.doubled for run in runs))


def _row(client: str, line: Line, found: Measured) -> str:
    figures, by_hand = found[client], found.get("aiohttp")
    row = (
        f"{client:<9} {line[0]:>6} of {line[1]:>6}  {figures.whole * 1e3:8.3f}  {figures.steady * 1e3:9.3f}"
        f"  {figures.made:7.1%}  {figures.requests:10.1f}  {figures.p99:7.2f}"
        f"  {figures.lost:>5}  {figures.doubled:>7}  {figures.memory:5.0f}"
    )
    if by_hand is None:
        return row
    return f"{row}  {figures.whole / by_hand.whole:6.2f}  {figures.steady / by_hand.steady:6.2f}"


def _line(text: str) -> Line:
    count, _, listed = text.partition("/")
    return int(count), int(listed or count)


def main(arguments: Sequence[str]) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.following", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"let the operations run {QUICK_SECONDS} s only")
    parser.add_argument("--lines", nargs="+", type=_line, default=LINES, metavar="N/L", help="such as 300/300 5/1000")
    parser.add_argument("--clients", nargs="+", choices=CLIENTS, default=tuple(CLIENTS))
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    chosen = parser.parse_args(arguments)
    for line in run(QUICK_SECONDS if chosen.quick else SECONDS, chosen.lines, chosen.clients, chosen.schemes):
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
