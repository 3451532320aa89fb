"""The tables in the file of a ``SqliteJournal``."""

from __future__ import annotations

APPLICATION = 0x72786A6C
"""``rxjl``, which says in the header of a database file that it is a journal."""

VERSION = 1

SCHEMA = (
    # AUTOINCREMENT: a position is not used again after its record was deleted.
    "CREATE TABLE records (position INTEGER PRIMARY KEY AUTOINCREMENT, operation_id TEXT NOT NULL,"
    " number INTEGER NOT NULL, stored_at INTEGER NOT NULL, data BLOB NOT NULL)",
    "CREATE INDEX records_of_operation ON records (operation_id)",  # and, as each index, by position
    "CREATE TABLE operations (operation_id TEXT PRIMARY KEY, next INTEGER NOT NULL, stored_at INTEGER NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, token TEXT NOT NULL, since REAL NOT NULL,"
    " until REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE consumers (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
"""``operations`` has the number of the next record and the time of the last one. Times are microseconds since 1970,
those of leases seconds since the machine was started."""
