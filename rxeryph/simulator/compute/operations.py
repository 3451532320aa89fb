"""The endpoints of operations, and of the version."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from ..api import Answer, Call, Endpoint
from ..binding.binder import Query
from ..binding.query_values import ticks
from ..database import Database
from ..level import Level
from ..problem import Problem
from ..rendering import Rendering
from ..tasks.workflow import Workflow


class Operations:
    """Operations as a poller reads them, and how to cancel one."""

    def __init__(self, database: Database, workflow: Workflow, level: Level) -> None:
        self._database = database
        self._workflow = workflow
        self._level = level

    @cached_property
    def _rendering(self) -> Rendering:
        return Rendering(self._database.operations, is_old=self._level.is_old)

    def endpoints(self) -> Iterable[Endpoint]:
        return (
            Endpoint("GET", "/v1/version", None, self.version, (1, 1), is_negotiated=True),
            Endpoint("GET", "/v1/operations", None, self.list, query=_QUERY),
            Endpoint("GET", "/v1/operations/{id}", None, self.get, query=_QUERY),
            Endpoint("POST", "/v1/operations/{id}/cancel", None, self.cancel, (1, 2)),
        )

    def version(self, call: Call) -> Answer:
        major, minor = self._level.reported
        return 200, {"latest_version": {"major": major, "minor": minor}}

    def list(self, call: Call) -> Answer:
        rows = sorted(self._database.operations.values(), key=lambda row: row.id)
        expand, after = self._query(call)
        return 200, self._rendering.all(filter(call.caller.sees, rows), expand, after)

    def get(self, call: Call) -> Answer:
        row = self._database.operations.get(call.id)
        if row is None or not call.caller.sees(row):
            raise Problem(404)
        return 200, self._rendering.one(row, *self._query(call))

    def cancel(self, call: Call) -> Answer:
        row = self._database.operations.get(call.id)
        if row is None or not call.caller.may_cancel(row):
            raise Problem(404)
        self._workflow.cancel(row.id)
        return 202, None

    def _query(self, call: Call) -> tuple[Iterable[str], int | None]:
        # Split at commas, not trimmed, case-sensitive; unknown words are ignored.
        expand = str(call.query("expand") or "").split(",")
        given = call.query("log_time_stamp")
        after = given if isinstance(given, int) else None
        if self._level.has_log_bug and after is None:
            # Servers before v0.4.1 compare with NULL: without a time there are no log entries.
            expand = [word for word in expand if word != "logs"]
        return expand, after


_QUERY: Query = {"expand": str, "log_time_stamp": ticks}
