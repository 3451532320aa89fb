"""The ``rxeryph`` command. Needs the extra ``cli``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command with the arguments of this process, and end the process with its exit code."""
    try:
        from .app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        print(f'rxeryph: {error.name} is missing. Run: python -m pip install "rxeryph[cli]"', file=sys.stderr)
        sys.exit(2)
    sys.exit(run())
