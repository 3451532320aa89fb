"""Replacing files as a whole, by one process at a time, without making anything readable that was not."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import ConfigurationError

PATIENCE = 10.0
"""Seconds to wait for another process that is writing."""


def replace_file(path: Path, content: bytes, mode: int, *, most: int = 0o777, follow: bool = True) -> None:
    """Put ``content`` in the place of a file, or with ``follow`` of what a symlink leads to. Raises OSError.

    A file that exists keeps its owner and its mode, except for permissions beyond ``most``; a new one gets ``mode``.
    A reader sees the old content or the new one, and never one that has more permissions than that.
    """
    target = Path(os.path.realpath(path)) if follow else path
    new = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        existing = os.stat(target, follow_symlinks=follow)
    except FileNotFoundError:
        existing = None
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & most if existing is None else 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if existing is not None:
            _take_over(new, existing, most)
        os.replace(new, target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _take_over(new: Path, existing: os.stat_result, most: int) -> None:
    """Give a new file the owner and the mode of the one that it replaces."""
    if sys.platform != "win32" and (existing.st_uid, existing.st_gid) != (os.getuid(), os.getgid()):
        with contextlib.suppress(PermissionError):  # only root can
            os.chown(new, existing.st_uid, existing.st_gid)
    os.chmod(new, stat.S_IMODE(existing.st_mode) & most)


@contextlib.contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """While this is open, no other process and no other thread has it open for the same folder, which must exist.

    The lock is the operating system's, so that none is left over by a process that ends. Raises OSError, and
    ConfigurationError when another process does not finish in time.
    """
    with _lock_file(folder) as descriptor:
        give_up_at = time.monotonic() + PATIENCE
        while not _locked(descriptor):
            if time.monotonic() > give_up_at:
                raise ConfigurationError(
                    f"{folder}: another process has been writing there for {PATIENCE:.0f} s. Try again, or end it.",
                    place=str(folder),
                )
            threading.Event().wait(0.02)
        yield


if sys.platform == "win32":
    import msvcrt

    @contextlib.contextmanager
    def _lock_file(folder: Path) -> Iterator[int]:
        # Windows locks bytes of files only. The file vanishes when the last process closes it.
        descriptor = os.open(folder / ".writing", os.O_RDWR | os.O_CREAT | os.O_TEMPORARY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    @contextlib.contextmanager
    def _lock_file(folder: Path) -> Iterator[int]:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
