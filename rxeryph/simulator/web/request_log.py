"""The requests that arrived, and the statuses of their answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate

from .exchange import App, Message, Receive, Scope, Send

REQUESTS_KEPT = 10_000


@dataclass(slots=True)
class SeenRequest:
    """A request that arrived, with the status of its answer (None: no answer yet, or never)."""

    method: str
    path: str
    query: str
    status: int | None = None


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self.latest: deque[SeenRequest] = deque(maxlen=REQUESTS_KEPT)

    def around(self, app: App, before: Callable[[SeenRequest], None], now: Callable[[str], float]) -> App:
        """``app`` with every request kept, and passed to ``before`` first.

        The ``Date`` of each answer is what ``now`` returns for its path, in seconds since 1970.
        """

        async def logged(scope: Scope, receive: Receive, send: Send) -> None:
            seen = SeenRequest(scope["method"], scope["path"], scope["query_string"].decode("ascii", "replace"))
            self.latest.append(seen)
            before(seen)

            async def observed(message: Message) -> None:
                seen.status = message.get("status", seen.status)
                if message["type"] == "http.response.start":
                    message["headers"] = [
                        *message["headers"],
                        (b"date", formatdate(now(seen.path), usegmt=True).encode()),
                    ]
                await send(message)

            scope["seen"] = seen  # for answers that are not sent as HTTP
            await app(scope, receive, observed)

        return logged
