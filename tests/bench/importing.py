"""What ``import rxeryph`` costs beyond the three packages it is built on."""

from __future__ import annotations

import subprocess
import sys

ROUNDS = 9
CODE = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"


def cost(modules: str) -> float:
    """Seconds, the best of some fresh interpreters."""
    command = [sys.executable, "-c", CODE.format(modules)]
    return min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(ROUNDS))


def run() -> list[str]:
    """The lines of the report."""
    packages = "reactivex, requests, marshmallow"
    bare = cost(packages)
    lines = [f"the three packages it is built on: {1000 * bare:.0f} ms"]
    for what, modules in (("import rxeryph", "rxeryph"), ("and the first use of connect", "rxeryph.session")):
        lines.append(f"{what}: {1000 * (cost(f'{packages}, {modules}') - bare):.0f} ms more")
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
