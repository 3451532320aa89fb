"""``rxeryph relay``: poll every operation into a journal until a signal comes, and print what is done."""

from __future__ import annotations

import logging
import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from ..errors import RxEryphError
from ..journal import open as open_journal
from ..journal.discovery import unfinished
from ..journal.jetstream.address import without_secrets
from ..model.text import one_line
from ..polling import PollingSettings
from ..retry import SERVICE_BUDGET
from . import exit_codes
from .bell import Bell
from .connection import Connection
from .output.machines import json_line
from .relaying import Relay, RelayStatus
from .reporting import say

AGAIN = 30.0
"""Seconds until it connects again after an error that no retry helped against."""

BUSY, TROUBLED, QUIET = 10.0, 60.0, 600.0
"""Seconds from one line about what it does to the next: while that changes, while polls fail, and else."""

REPEAT = 60.0
"""Seconds in which a warning of the same kind is not printed again."""


def run_relay(connection: Connection, url: str, keep: timedelta | None, *, as_json: bool) -> int:
    """Relay until a signal comes. Raises RxEryphError if it cannot begin."""
    bell = Bell()
    lines = Lines(bell.ring, as_json=as_json)
    polls = PollingSettings(error_budget=SERVICE_BUDGET)
    with ExitStack() as running:
        while not bell.is_stopped:
            try:
                with (
                    closing(open_journal(url, keep=keep)) as journal,
                    connection.streams(polls=polls, journal=journal) as eryph,
                ):
                    relay = Relay(eryph, bell.ring)
                    if not lines.is_ready:
                        running.enter_context(bell.signals())
                        running.enter_context(lines.logged())
                    relay.begin()
                    for each in unfinished(journal):
                        relay.resume(each)
                    lines.ready(eryph.whereabouts.endpoints.compute, without_secrets(url))
                    _run(relay, bell, lines)
            except RxEryphError as error:
                if not lines.is_ready:
                    raise
                lines.warn(f"{error} Connecting again in {AGAIN:g} s.")
                lines.print_warnings()
                bell.wait_for_stop(AGAIN)
        lines.print_warnings()
        lines.write("stopped", "stopped")
    return exit_codes.SUCCESS


def _run(relay: Relay, bell: Bell, lines: Lines) -> None:
    while not bell.is_stopped:
        bell.wait(1.0)
        lines.print_warnings()
        if relay.error is not None:
            raise relay.error
        lines.status(relay.status(), is_last=bell.is_stopped)


class Lines(logging.Handler):
    """The log of a relay: lines for people on stderr, or documents on stdout.

    It handles the warnings of the library too, from any thread. All lines are printed by the main thread.
    """

    def __init__(self, ring: Callable[[], None], *, as_json: bool, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.WARNING)
        self.is_ready = False
        self._ring = ring
        self._as_json = as_json
        self._now = now
        self._warnings: deque[str] = deque()
        self._warned_at: dict[str, float] = {}
        self._shown: RelayStatus | None = None
        self._shown_at = -math.inf

    def ready(self, server: str, journal: str) -> None:
        """It polls from now on."""
        self.is_ready = True
        facts = {"pid": os.getpid(), "server": server, "journal": journal}
        self.write("ready", f"ready: process {os.getpid()} polls {server} into {journal}", facts)

    def status(self, status: RelayStatus, *, is_last: bool = False) -> None:
        """What it does; printed if that is news, or has not been printed for long."""
        known, waited = self._shown, self._now() - self._shown_at
        is_same = known is not None and _without_lag(known) == _without_lag(status)
        if is_last or waited >= (QUIET if is_same and not status.lag else TROUBLED if is_same else BUSY):
            self._shown, self._shown_at = status, self._now()
            facts = asdict(status)
            text = ", ".join(f"{name} {value:g}" for name, value in facts.items())
            self.write("status", f"{text} s", facts)

    def emit(self, record: logging.LogRecord) -> None:
        """Print a warning of the library soon, unless one of its kind was printed lately."""
        if self._now() - self._warned_at.get(record.msg, -math.inf) >= REPEAT:
            self._warned_at[record.msg] = self._now()
            raised = record.exc_info[1] if record.exc_info else None
            self.warn(record.getMessage() if raised is None else f"{record.getMessage()}: {raised!r}")

    def warn(self, message: str) -> None:
        """Print a warning soon."""
        self._warnings.append(message)
        self._ring()

    def print_warnings(self) -> None:
        """Print the warnings that have come."""
        while self._warnings:
            message = self._warnings.popleft()
            self.write("warning", message, {"message": message})

    @contextmanager
    def logged(self) -> Iterator[None]:
        """In the block, the warnings of the library are lines of this log."""
        library = logging.getLogger("rxeryph")
        propagates, library.propagate = library.propagate, False
        library.addHandler(self)
        try:
            yield
        finally:
            library.removeHandler(self)
            library.propagate = propagates

    def write(self, kind: str, text: str, facts: dict[str, object] | None = None) -> None:
        """Print one line."""
        at = datetime.now(UTC)
        if self._as_json:
            print(json_line({"type": kind, "time": at.isoformat(), **(facts or {})}), flush=True)
        else:
            say(f"{at.astimezone().isoformat(' ', 'seconds')} {one_line(text)}")


def _without_lag(status: RelayStatus) -> tuple[int, ...]:
    return status.owned, status.followed, status.appended, status.finished
