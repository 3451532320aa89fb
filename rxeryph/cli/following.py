"""Follow operations to their end on the main thread, where Ctrl-C and errors of the output arrive."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from reactivex import Observable

from ..bridges import iterate
from ..errors import ApiError, OperationError, OperationTimeoutError, RxEryphError
from ..events import AnyEvent, OperationFinished, PollFailed, TrackingFailed
from ..model import Operation
from ..outcome import OperationResult
from . import exit_codes
from .output.people import duration
from .reporting import report, report_closed_pipe, report_stop, report_unwritable, say
from .view import View


@dataclass
class Following:
    """Operations that a command follows: ``names`` by id, and what has become of them so far.

    ``options`` are the connection options for the commands that are advised, ``timeout`` and ``stalled`` are seconds.
    """

    names: dict[str, str]
    options: str = ""
    timeout: float | None = None
    stalled: float | None = None
    as_json: bool = False
    continues: bool = True
    """False if there is nothing to return to: a demo, or a board of whatever runs."""
    cancels: bool = True
    """False if ``options`` are for commands that read only."""
    results: dict[str, OperationResult] = field(default_factory=dict)
    failures: dict[str, RxEryphError] = field(default_factory=dict)
    """The errors of operations whose tracking failed."""
    seen: dict[str, Operation] = field(default_factory=dict)
    """The last snapshot of each operation."""

    def follow(self, stream: Observable[AnyEvent], view: View) -> int:
        """Show every event until the stream ends, or the time is up, or someone interrupts. Returns the exit code."""
        try:
            with _interruptible(self._offer_to_cancel if self.continues else None), view:
                self._show(stream, view)
                if self.results:
                    view.summary(self.results)
        except KeyboardInterrupt:
            advice = self.advice()
            message = "Interrupted; what runs on the server keeps running." if advice else "Interrupted."
            return report_stop(message, exit_codes.INTERRUPTED, self.running(), advice, as_json=self.as_json)
        except BrokenPipeError:
            report_closed_pipe(self.running(), self.advice(), as_json=self.as_json)
            raise
        except RxEryphError as error:
            return exit_codes.worst(self._codes([*self.failures.values(), error]))
        except OSError as error:
            advice, running = self.advice(), self.running()
            return report_unwritable(error, as_json=self.as_json, advice=advice, operation_ids=running)
        return exit_codes.worst(self._codes([*self.failures.values()]))

    def running(self) -> list[str]:
        """The ids of the operations that have not ended, as far as is known, and that can be watched."""
        lost = {each for each, error in self.failures.items() if isinstance(error, ApiError | OperationError)}
        return [each for each in self.names if each not in self.results and each not in lost]

    def advice(self) -> str:
        """How to continue; "" if everything has ended."""
        running = self.running() if self.continues else []
        return f"To continue watching, run: rxeryph watch {' '.join(running)}{self.options}" if running else ""

    def _show(self, stream: Observable[AnyEvent], view: View) -> None:
        news_at = time.monotonic()

        def check() -> None:
            if self.stalled is not None and time.monotonic() - news_at > self.stalled:
                raise self._stopped(f"nothing new has come for {duration(self.stalled)}")

        def tick() -> None:
            check()
            view.tick()

        try:
            for event in iterate(stream, self.timeout, tick=tick):
                if isinstance(event, PollFailed):
                    check()
                else:
                    news_at = time.monotonic()
                    self._note(event)
                if event.operation is not None or self.as_json:  # else no server has shown anything of it
                    view.show(event)
        except TimeoutError as error:
            if isinstance(error, RxEryphError):
                raise
            raise self._stopped(f"the time of {duration(self.timeout or 0.0)} is up") from None

    def _note(self, event: AnyEvent) -> None:
        self.names.setdefault(event.operation_id, event.operation_id[:8])
        if event.operation is not None:
            self.seen[event.operation_id] = event.operation
        if isinstance(event, OperationFinished):
            self.results[event.operation_id] = event.result
        elif isinstance(event, TrackingFailed):
            self.failures[event.operation_id] = event.error

    def _stopped(self, reason: str) -> OperationTimeoutError:
        running = self.running()
        first = running[0] if running else ""
        seen = self.seen.get(first)
        what = _unfinished(first, seen)
        if len(running) != 1:
            what = f"{len(running)} operations have not ended."
        return OperationTimeoutError(
            f"Stopped waiting, because {reason}; {what} What runs on the server keeps running.",
            operation_id=first,
            operation=seen,
        )

    def _codes(self, errors: Sequence[RxEryphError]) -> Iterator[int]:
        """The exit codes of operations that have ended, and those of errors, each of which is reported."""
        yield from map(exit_codes.of_result, self.results.values())
        for index, error in enumerate(errors, 1):
            advice = self.advice() if index == len(errors) else ""
            yield report(error, as_json=self.as_json, advice=advice, options=self.options)

    def _offer_to_cancel(self) -> None:
        running = self.running()
        if running and self.cancels and not self.as_json:
            say(f"To cancel, run: rxeryph operation cancel {' '.join(running)}{self.options}")
        say("Press Ctrl-C again to stop waiting; what runs on the server keeps running.")


def _unfinished(operation_id: str, seen: Operation | None) -> str:
    if seen is None:
        return f"operation {operation_id} has not ended."
    if seen.status.is_terminal:
        return f"operation {operation_id} is {seen.status.value}, but more log lines may come."
    return f"operation {operation_id} has not ended. It is {seen.status.value}."


@contextmanager
def _interruptible(offer: Callable[[], None] | None) -> Iterator[None]:
    """On a terminal, the first Ctrl-C calls ``offer``, and only the second raises KeyboardInterrupt.

    ``offer`` runs on a thread of its own, because a signal may arrive while something is being printed.
    """
    is_main = threading.current_thread() is threading.main_thread()
    is_usual = is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if offer is None or not (is_usual and sys.stderr.isatty()):
        yield
        return
    offers: list[threading.Thread] = []

    def interrupt(number: int, frame: object) -> None:
        if offers:
            raise KeyboardInterrupt
        offers.append(threading.Thread(target=offer, name="rxeryph-offer", daemon=True))
        offers[0].start()

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for each in offers:
            each.join(1.0)
