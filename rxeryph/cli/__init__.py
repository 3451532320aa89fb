"""The ``rxeryph`` command. Needs the extra ``cli``."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress

from .exit_codes import INTERRUPTED


def main() -> None:
    """Run the command with the arguments of this process, and end the process with its exit code."""
    usual = signal.signal(signal.SIGINT, _end_at_once)
    sys.unraisablehook = _interrupt_again
    gc.set_threshold(
        10_000
    )  # modules that are loaded leave no garbage, and looking for it takes a tenth of their time
    try:
        from .app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        print(f'rxeryph: {error.name} is missing. Run: python -m pip install "rxeryph[cli]"', file=sys.stderr)
        sys.exit(2)
    try:
        signal.signal(signal.SIGINT, usual)
        code = run()
        signal.signal(signal.SIGINT, _end_at_once)
        gc.freeze()  # the process ends: Python need not look through all objects once more
        if code == INTERRUPTED:
            _leave(code)
        sys.exit(code)
    except KeyboardInterrupt:  # just before or after the command itself, which answers every other one
        _end_at_once(signal.SIGINT, None)


def _leave(code: int) -> None:
    """End here. Python would end with a signal if Ctrl-C came while it ran code from a string, as dataclasses do."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _end_at_once(number: int, frame: object) -> None:
    """Ctrl-C while modules are loaded, or while the process ends: there is nothing to clean up, and no traceback."""
    os.write(2, b"Interrupted.\n")
    os._exit(INTERRUPTED)


def _interrupt_again(lost: sys.UnraisableHookArgs) -> None:
    """Ctrl-C in a callback of Python, such as one after an import: it is lost there, so it is raised once more."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        import _thread
        from threading import Timer

        again = Timer(0.02, _thread.interrupt_main)  # not at once: here it would be lost too
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(lost)
