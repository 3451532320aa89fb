"""Small disks that tests fill up."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """A disk in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave: int = 0) -> None:
        """Write until nothing more can be written, then free ``leave`` bytes."""
        with self._filler.open("ab", 0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                filler.truncate(self._filler.stat().st_size - leave)

    def free(self) -> None:
        """Free what ``fill`` has taken."""
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int = 3) -> Iterator[Disk]:
    """A disk of so many MB, which is mounted on ``folder``. Skips the test if that is not allowed here."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        is_mounted = subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    if not is_mounted:
        pytest.skip("needs the right to mount a file system")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
