"""Faults of a real network and a troubled server, to be had on command.

Each fault waits for the next request that fits (``method``, and ``path`` as a regular expression found in the
path), happens ``times`` times, and is gone; with ``times=None`` it goes on until ``clear()``. They happen in the
order they were asked for, those without end when no other fits.
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
    """The faults that are still to happen. Safe to use from any thread. Seconds are real ones."""

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
        """Answer with ``status``, ``body`` and ``headers``; ``processed`` tells whether the work is done before."""
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
        """Answer with the problem document the server has for ``status``."""
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
        """Ask for patience: 429 or 503, with ``Retry-After`` seconds; with None it is not said how long."""
        headers = None if retry_after is None else {"retry-after": f"{retry_after:g}"}
        self.problem(status, headers=headers, method=method, path=path, times=times)

    def unreadable(self, operation_id: str | None = None, *, times: int | None = None) -> None:
        """Answer 500 to the list of operations, as after an upgrade that cannot read one result any more.

        With ``operation_id``, also to who asks for that one.
        """
        path = rf"{_OPERATIONS}$" if operation_id is None else rf"{_OPERATIONS}(/{re.escape(operation_id)})?$"
        self.problem(500, method="GET", path=path, times=times)

    def ignore_cancel(self, *, times: int | None = 1) -> None:
        """Accept a wish to cancel an operation and do nothing about it."""
        self.reply(202, method="POST", path=rf"{_OPERATIONS}/[^/]+/cancel$", times=times)

    def html(self, status: int = 200, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Answer like something else that lives at that address."""
        page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>"
        self.reply(status, page, content_type="text/html; charset=utf-8", method=method, path=path, times=times)

    def redirect(self, location: str, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Send the client somewhere else."""
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
        """Reset the connection instead of an answer.

        The work is not done, or done before (``processed``), or done ``commit_after`` seconds later.
        """
        self._add(acts.reset(processed=processed, commit_after=commit_after), method, path, times)

    def truncate(self, *, method: str | None = None, path: str = "", times: int | None = 1) -> None:
        """Do the work, and break the connection in the middle of the answer."""
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
        """Do the work, and send the answer in ``pieces`` with equal pauses that are ``seconds`` together."""
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
        """How many requests are still to meet a fault; those without end do not count."""
        with self._lock:
            return sum(fault.left or 0 for fault in self._faults)

    def clear(self) -> None:
        """Forget the faults that have not happened, and those without end."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> acts.Act | None:
        """What is to happen to this request, if anything."""
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
