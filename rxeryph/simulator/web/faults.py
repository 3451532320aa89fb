"""Faults of a network and a server, on request.

Each fault waits for the next request that matches (``method``, and ``path`` as a regular expression found in the
path), happens ``times`` times, and is removed; with ``times=None`` it happens until ``clear()``. Faults happen in
the order in which they were added, those without a limit when no other matches.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from dataclasses import dataclass

from ..problem import Problem
from . import fault_acts as acts
from .exchange import App, Exchange, Receive, Scope, Send

_OPERATIONS = r"/v1/operations"


@dataclass(slots=True)
class _Fault:
    act: acts.Act
    method: str | None
    path: re.Pattern[str]
    left: int | None


class Faults:
    """The faults that wait for their request. Safe to use from any thread. Seconds are real seconds."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []
        self._lock = threading.Lock()

    def reply(
        self,
        status: int,
        body: str = "",
        *,
        content_type: str = "application/problem+json",
        headers: dict[str, str] | None = None,
        processed: bool = False,
        method: str | None = None,
        path: str = "",
        times: int | None = 1,
    ) -> None:
        """Answer with ``status``, ``body`` and ``headers``. ``processed``: the work is done first."""
        act = acts.reply(status, body, {"content-type": content_type, **(headers or {})}, processed=processed)
        self._add(act, method, path, times)

    def problem(
        self,
        status: int = 500,
        *,
        headers: dict[str, str] | None = None,
        processed: bool = False,
        method: str | None = None,
        path: str = "",
        times: int | None = 1,
    ) -> None:
        """Answer with the problem document of the server for ``status``. ``processed``: the work is done first."""
        body = json.dumps(Problem(status).document("00000000-0000-0000-0000-000000000000"))
        self.reply(status, body, headers=headers, processed=processed, method=method, path=path, times=times)

    def busy(
        self,
        *,
        status: int = 503,
        retry_after: float | None = 1.0,
        method: str | None = None,
        path: str = "",
        times: int | None = 1,
    ) -> None:
        """Answer 429 or 503 with ``Retry-After`` in seconds; None: without that header."""
        headers = None if retry_after is None else {"retry-after": f"{retry_after:g}"}
        self.problem(status, headers=headers, method=method, path=path, times=times)

    def unreadable(self, operation_id: str | None = None, *, times: int | None = None) -> None:
        """Answer 500 to the list of operations, as after an upgrade that can no longer read one of the results.

        With ``operation_id``, also to requests for that operation.
        """
        path = rf"{_OPERATIONS}$" if operation_id is None else rf"{_OPERATIONS}(/{re.escape(operation_id)})?$"
        self.problem(500, method="GET", path=path, times=times)

    def ignore_cancel(self, *, times: int | None = 1) -> None:
        """Accept a request to cancel an operation, and ignore it."""
        self.reply(202, method="POST", path=rf"{_OPERATIONS}/[^/]+/cancel$", times=times)

    def html(self, status: int = 200, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Answer with an HTML page, as another server at that address would."""
        page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>"
        self.reply(status, page, content_type="text/html; charset=utf-8", method=method, path=path, times=times)

    def redirect(self, location: str, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Redirect (307) to ``location``."""
        self.reply(307, headers={"location": location}, method=method, path=path, times=times)

    def reset(
        self,
        *,
        processed: bool = False,
        commit_after: float | None = None,
        method: str | None = None,
        path: str = "",
        times: int | None = 1,
    ) -> None:
        """Reset the connection instead of answering.

        The work is not done, or done first (``processed``), or done ``commit_after`` seconds later.
        """
        self._add(acts.reset(processed=processed, commit_after=commit_after), method, path, times)

    def truncate(self, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Do the work, and close the connection in the middle of the answer."""
        self._add(acts.truncate, method, path, times)

    def dribble(
        self,
        seconds: float,
        *,
        pieces: int = 10,
        method: str | None = None,
        path: str = "",
        times: int | None = 1,
    ) -> None:
        """Do the work, and send the answer in ``pieces`` with equal pauses, ``seconds`` in all."""
        if pieces < 1:
            raise ValueError(f"pieces must be at least 1, not {pieces}")
        self._add(acts.dribble(seconds, pieces), method, path, times)

    def delay(self, seconds: float, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Answer ``seconds`` later."""
        self._add(acts.delay(seconds), method, path, times)

    def hang(self, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Never answer."""
        self._add(acts.hang, method, path, times)

    @property
    def pending(self) -> int:
        """How many requests will still meet a fault. Faults without a limit do not count."""
        with self._lock:
            return sum(fault.left or 0 for fault in self._faults)

    def clear(self) -> None:
        """Remove all faults, also those without a limit."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> acts.Act | None:
        """The fault of this request, or None."""
        with self._lock:
            for fault in sorted(self._faults, key=lambda fault: fault.left is None):
                if fault.method in (None, method) and fault.path.search(path):
                    if fault.left is not None:
                        fault.left -= 1
                        if fault.left <= 0:
                            self._faults.remove(fault)
                    return fault.act
        return None

    def _add(self, act: acts.Act, method: str | None, path: str, times: int | None) -> None:
        with self._lock:
            self._faults.append(_Fault(act, method.upper() if method else None, re.compile(path), times))


class FaultyApp:
    """``app`` behind an unreliable network."""

    def __init__(self, app: App, faults: Faults, stopping: asyncio.Event) -> None:
        self._app = app
        self._faults = faults
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        act = self._faults.take(scope["method"], scope["path"])
        if act is None:
            await self._app(scope, receive, send)
        else:
            await act(Exchange(self._app, scope, receive, send, self._stopping))
