"""A transport that answers without a server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from rxeryph.client import Groups, Transport
from rxeryph.client.calls import Group
from rxeryph.errors import NotFoundError
from rxeryph.http import Patience, Reply
from rxeryph.retry import ErrorBudget
from tests.calls import OPERATION, Request

VERSION: Request = ("GET", "/v1/version", None)


def groups_of(client: Groups[Any]) -> dict[str, Group]:
    """The groups of a client by their names."""
    found = {name: getattr(client, name) for name in dir(client) if not name.startswith("_")}
    return {name: group for name, group in found.items() if isinstance(group, Group)}


class Canned(Transport):
    """Gives one reply to every request but that for the version, and keeps what was sent."""

    def __init__(self, reply: object = OPERATION, minor: int | None = 2) -> None:
        self.budget = ErrorBudget(attempts=1)
        self.reply = reply
        self.minor = minor
        self.sent: list[Request] = []
        self.correlation_ids: list[str] = []

    @property
    def endpoint(self) -> str:
        return "https://localhost:8000/compute"

    @property
    def identity(self) -> Canned:
        return self

    def get(self, path: str) -> object:
        return self.send("GET", path)

    def requester(
        self, method: str, path: str, body: object = None, patience: Patience | None = None
    ) -> Callable[[str], Reply]:
        return lambda query: Reply(200, {}, json.dumps(self.send(method, path + query, body)).encode())

    def send(self, method: str, path: str, body: object = None, patience: Patience | None = None) -> object:
        body = json.loads(json.dumps(body))
        operation_id = None
        if isinstance(body, dict) and "correlation_id" in body:
            operation_id = str(uuid.UUID(body.pop("correlation_id")))
            self.correlation_ids.append(operation_id)
        self.sent.append((method, path, body))
        if path == "/v1/version":
            if self.minor is None:
                raise NotFoundError("no", status=404, method=method, url=path)
            return {"latest_version": {"major": 1, "minor": self.minor}}
        reply = self.answer(method, path)
        return {**reply, "id": operation_id} if operation_id and isinstance(reply, dict) else reply

    def answer(self, method: str, path: str) -> object:
        """The reply to a request; raises it if it is an error."""
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply
