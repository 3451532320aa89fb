"""Whose id an operation gets: the caller's, a new one, or that of a key with which it is submitted once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from .. import wire
from ..configuration.refusal import invalid
from ..errors import ConfigurationError, NotFoundError
from ..http import is_loopback
from ..model import Operation
from ..model.text import quoted
from .checks import check_string, new_correlation_id
from .submit import submit
from .transport import Transport

if TYPE_CHECKING:
    from ..journal.intents import Request

LONGEST_KEY = 500

Prepare: TypeAlias = Callable[[], tuple[str, Mapping[str, object]]]
"""Returns the path and body of a change. Sends requests that only read, if it has to."""


@dataclass(frozen=True)
class Chosen:
    """The id of an operation to be submitted."""

    id: str
    key: str = ""
    """With which it is submitted once; empty if it is simply submitted."""
    request: Request | None = None
    """What is submitted once."""

    def submit(self, transport: Transport, method: str, prepare: Prepare) -> Operation:
        """Submit a change and return its operation. Raises as ``client.submit`` does, and ``Once.submit``."""
        if self.request is None:
            path, body = prepare()
            return submit(transport, method, path, self._with_id(body), self.id)
        from ..journal.submission import Change, Submission

        def ready() -> Change:
            path, body = prepare()
            whole = self._with_id(body)
            return Change(
                method, transport.url(path), lambda check: submit(transport, method, path, whole, self.id, check)
            )

        def look_up() -> Operation | None:
            path = f"/v1/operations/{self.id}?expand=logs,tasks,resources,projects"
            try:
                return wire.load_operation(transport.get(path), transport.url(path))
            except NotFoundError:
                return None

        transport.before_submit()
        assert transport.once is not None
        return transport.once.submit(Submission(self.key, self.request, ready, look_up, transport.wait))

    def _with_id(self, body: Mapping[str, object]) -> dict[str, object]:
        return {"correlation_id": self.id, **body}


def choose(
    transport: Transport, correlation_id: str | None, once: str | None, call: str, arguments: Mapping[str, object]
) -> Chosen:
    """The id that the caller wants. ``call`` and ``arguments`` are what a key is used for.

    Raises InvalidRequestError for values that are not valid, and ConfigurationError for a key without a journal.
    """
    if once is None:
        return Chosen(new_correlation_id(correlation_id))
    if correlation_id is not None:
        raise invalid("once", "the key gives the id of the operation; give once or correlation_id, not both.")
    check_string(once, "once", 1, LONGEST_KEY)
    if transport.once is None:
        raise ConfigurationError(
            'once needs a journal, which keeps what was submitted: connect(journal="sqlite:///operations.db"), or'
            " RXERYPH_JOURNAL. Nothing was sent.",
            member="journal",
        )
    from ..journal.intents import Request
    from ..journal.submission import operation_id_of

    # A default that a later version adds must not make it another request.
    given = {name: value for name, value in arguments.items() if value is not None}
    subject = _subject(given)
    name = f"{call}{subject and f' {quoted(subject)}'} on {_host(transport.endpoint)}"
    return Chosen(operation_id_of(once), once, Request(name, json.dumps(given, sort_keys=True).encode()))


def _host(endpoint: str) -> str:
    """The machine of a server. Its port is not part of a request: eryph-zero takes a new one at each start."""
    host = urlsplit(endpoint).hostname or ""
    return "localhost" if is_loopback(host) else host


def _subject(arguments: Mapping[str, object]) -> str:
    """What a request is about, for people."""
    configuration = arguments.get("configuration")
    inner = configuration.get("name") if isinstance(configuration, Mapping) else None
    members = ("name", "catlet_id", "specification_id", "member_id")
    found = [*(arguments.get(member) for member in members), inner, arguments.get("project_id")]
    return next((each for each in found if isinstance(each, str) and each), "")
