"""CPU of the imports of rxeryph, relative to the three packages it is built on."""

from __future__ import annotations

import subprocess
import sys

ROUNDS = 9
PACKAGES = "import requests, reactivex, marshmallow"
IMPORTS = ("import rxeryph", "from rxeryph import connect", "from rxeryph import ComputeClient")
CODE = "import time; began = time.process_time(); {}; print(time.process_time() - began)"


def cost(code: str) -> float:
    """Seconds, the best of some fresh interpreters."""
    command = [sys.executable, "-c", CODE.format(code)]
    return min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(ROUNDS))


def run() -> list[str]:
    """The lines of the report."""
    bare = cost(PACKAGES)
    lines = [f"{PACKAGES}: {1000 * bare:.0f} ms"]
    for code in IMPORTS:
        alone, both = cost(code), cost(f"{PACKAGES}; {code}")
        lines.append(f"{code}: {both / bare:.2f} with them, {alone / bare:.2f} alone")
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
