"""What the errors of SQLite mean for a journal."""

from __future__ import annotations

import sqlite3

FULL = "the disk is full; free space, and it continues"
BROKEN = "its disk cannot be read or written ({}); check the disk, and quotas and limits on files"

REASONS = {
    sqlite3.SQLITE_BUSY: ("another process has been using it alone for too long", False),
    sqlite3.SQLITE_FULL: (FULL, False),
    sqlite3.SQLITE_READONLY: ("it may not be written; check the permissions of the file and its folder", False),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened; check the permissions of the file and its folder", False),
    sqlite3.SQLITE_IOERR: (BROKEN, False),
    sqlite3.SQLITE_IOERR_SHMSIZE: (FULL, False),
    sqlite3.SQLITE_CORRUPT: ("it is damaged; restore a copy, or move it away to begin another", True),
    sqlite3.SQLITE_NOTADB: ("it is not a journal; use another path", True),
}
"""What the codes of SQLite mean here, and whether a retry cannot help. A code with details comes before its kind."""


def reason_of(error: sqlite3.Error) -> tuple[str, bool]:
    """Why a journal cannot be used, and whether a retry cannot help."""
    code = _code_of(error)
    reason, is_permanent = REASONS.get(code) or REASONS.get(_kind_of(code), ("{}", False))
    return reason.format(error), is_permanent


def is_busy(error: sqlite3.Error) -> bool:
    """True if another connection uses the file in a way that excludes others."""
    return _kind_of(_code_of(error)) == sqlite3.SQLITE_BUSY


def _code_of(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0)


def _kind_of(code: int) -> int:
    return code & 0xFF  # without the details in the higher bits
