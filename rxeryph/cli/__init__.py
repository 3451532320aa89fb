"""The ``rxeryph`` command. Needs the extra ``cli``."""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the command with the arguments of this process, and end the process with its exit code."""
    usual = signal.signal(signal.SIGINT, _end_at_once)
    try:
        from .app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        print(f'rxeryph: {error.name} is missing. Run: python -m pip install "rxeryph[cli]"', file=sys.stderr)
        sys.exit(2)
    signal.signal(signal.SIGINT, usual)
    code = run()
    signal.signal(signal.SIGINT, _end_at_once)
    sys.exit(code)


def _end_at_once(number: int, frame: object) -> None:
    """Ctrl-C while modules are loaded, or while the process ends: there is nothing to clean up, and no traceback."""
    os.write(2, b"Interrupted.\n")
    os._exit(130)
