"""CPU of the imports of rxeryph, relative to the three packages it is built on."""

from __future__ import annotations

import subprocess
import sys

ROUNDS = 9
PACKAGES = "import requests, reactivex, marshmallow"
IMPORTS = ("import rxeryph", "from rxeryph import connect", "from rxeryph import ComputeClient")
CODE = "import time; began = time.process_time(); {}; print(time.process_time() - began)"


def cost(code: str) -> float:
    """Seconds in a fresh interpreter."""
    command = [sys.executable, "-c", CODE.format(code)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def run() -> list[str]:
    """The lines of the report."""
    codes = [PACKAGES, *IMPORTS, *(f"{PACKAGES}; {code}" for code in IMPORTS)]
    costs: dict[str, list[float]] = {code: [] for code in codes}
    for _ in range(ROUNDS):
        for code in codes:  # by turns, since a busy machine makes all of them slow
            costs[code].append(cost(code))
    best = {code: min(costs[code]) for code in codes}
    bare = best[PACKAGES]
    return [f"{PACKAGES}: {1000 * bare:.0f} ms"] + [
        f"{code}: {best[f'{PACKAGES}; {code}'] / bare:.2f} with them, {best[code] / bare:.2f} alone"
        for code in IMPORTS
    ]


if __name__ == "__main__":
    print("\n".join(run()))
