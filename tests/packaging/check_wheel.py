"""``python check_wheel.py WHEEL``: the wheel has every module, the type marker and the entry points, nothing else."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

TOP = Path(__file__).parents[2]
ENTRY_POINTS = """\
[console_scripts]
rxeryph = rxeryph.cli:main

[pytest11]
rxeryph = rxeryph.testing.plugin
"""


def main(path: str) -> None:
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        commands = wheel.read(next(name for name in names if name.endswith("/entry_points.txt"))).decode()
    sources = {source.relative_to(TOP).as_posix() for source in (TOP / "rxeryph").rglob("*.py")}
    packed = {name for name in names if ".dist-info/" not in name}
    assert packed == sources | {"rxeryph/py.typed"}, packed ^ sources
    assert commands.split() == ENTRY_POINTS.split(), commands
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    print(f"{Path(path).name}: {len(sources)} modules")


if __name__ == "__main__":
    main(sys.argv[1])
