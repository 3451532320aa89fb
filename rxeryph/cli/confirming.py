"""Asking before something is deleted."""

from __future__ import annotations

import sys

from ..errors import ConfigurationError
from ..model.text import one_line


def confirmed(action: str, *, yes: bool) -> bool:
    """Whether to go ahead with ``action``, such as "Delete catlet web".

    Asks on a terminal, on stderr. Raises ConfigurationError without a terminal, unless ``yes``.
    """
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigurationError(f"{action}? There is no terminal to ask on. Add --yes to go ahead.", member="--yes")
    print(f"{one_line(action)}? [y/N] ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:  # Ctrl-D, after which the cursor is still behind the question
        print(file=sys.stderr)
    answer = line.strip().lower()
    if answer in ("y", "yes"):
        return True
    print("Nothing was changed.", file=sys.stderr)
    return False
