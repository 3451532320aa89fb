"""The one way requests go to the compute API: authorised, named, checked, and explained when they fail."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from ..credentials import Route, TokenSource, Whereabouts
from ..credentials.route import Site
from ..errors import (
    AccessDeniedError,
    ApiError,
    AuthenticationError,
    ClosedError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    RxEryphError,
    ServerError,
    ThrottledError,
    TransportError,
)
from ..http import Reply, Request
from ..retry import REQUEST_BUDGET, Attempts, ErrorBudget, may_have_been_done, read_retry_after
from ..wire import load_problem

logger = logging.getLogger("rxeryph")

_ERRORS: dict[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: AccessDeniedError,
    403: AccessDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: ThrottledError,
}


class Transport:
    """Sends requests to a service of the server and decodes the replies. Thread-safe.

    A token is asked for on every request; after a 401 it is renewed and the request repeated once, which
    is safe because a refused request was not processed. Redirects are never followed.
    """

    def __init__(
        self,
        route: Route,
        error_budget: ErrorBudget | None = None,
        *,
        service: Literal["compute", "identity"] = "compute",
    ) -> None:
        self.budget = error_budget or REQUEST_BUDGET
        self._route = route
        self._http = route.http
        self._service = service

    @property
    def endpoint(self) -> str:
        """The base URL, where the server is now."""
        return self._base(self._route.site)

    @property
    def identity(self) -> Transport:
        """The same way to the identity API."""
        return Transport(self._route, self.budget, service="identity")

    @property
    def whereabouts(self) -> Whereabouts:
        """Where the server is and who the client is there, and how that was found."""
        return self._route.found

    @property
    def tokens(self) -> TokenSource:
        """The tokens in use."""
        return self._route.site.tokens

    def get(self, path: str) -> object:
        """The decoded reply of a GET, sent again after a transient failure until the budget is spent.

        Raises TransportError, ApiError, AuthenticationError and ClosedError.
        """
        attempts = Attempts(self.budget, time.monotonic())
        while True:
            try:
                return self.send("GET", path)
            except RxEryphError as error:
                self.wait_or_raise(error, attempts)

    def send(self, method: str, path: str, body: object = None) -> object:
        """Send one request and decode its reply; None for an empty one."""
        return self.requester(method, path, body)("")

    def requester(self, method: str, path: str, body: object = None) -> Callable[[str], object]:
        """A request prepared once, to be sent with any query (``?...`` or empty), one at a time.

        Each call gives the decoded reply, None for an empty one.
        """
        headers = {"Accept": "application/json"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        site = self._route.site
        request = self._http.prepare(method, self._base(site) + path, headers, data)

        def send(query: str) -> object:
            nonlocal site, request
            if site is not self._route.site:
                site = self._route.site
                request = self._http.prepare(method, self._base(site) + path, headers, data)
            return self._exchange(request, query, site.tokens)

        def send_wherever_it_is(query: str) -> object:
            try:
                return send(query)
            except RxEryphError as error:
                # What may have been done at the old place is not sent to the new one: some GETs start operations too.
                if not _is_unreachable(error) or not self._route.has_moved(site) or may_have_been_done(error):
                    raise
            return send(query)

        return send_wherever_it_is

    def _exchange(self, request: Request, query: str, tokens: TokenSource) -> object:
        token = _token(tokens)
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["x-ms-client-request-id"] = str(uuid.uuid4())
        reply = self._http.send(request, query)
        if reply.status == 401:
            logger.debug("%s %s was answered with 401; renewing the token", request.method, request.url)
            request.headers["Authorization"] = f"Bearer {_token(tokens, rejected=token)}"
            reply = self._http.send(request, query)
        return self._decode(reply, request.method, request.url)

    def _base(self, site: Site) -> str:
        return site.endpoints.compute if self._service == "compute" else site.endpoints.identity

    def url(self, path: str) -> str:
        """The absolute URL of ``path``."""
        return self.endpoint + path

    def wait_or_raise(self, error: RxEryphError, attempts: Attempts) -> None:
        """Wait until the next attempt is due; raises ``error`` if there should be none."""
        seconds = attempts.after(error, time.monotonic())
        if isinstance(error, TransportError):
            error.attempts = attempts.failures
        if seconds is None:
            raise error
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Wait; raises ClosedError as soon as the connection is closed."""
        if self._http.closed.wait(seconds):
            raise ClosedError("The connection was closed while a request was waiting for its next attempt.")

    @property
    def closed(self) -> threading.Event:
        """Set once the connection is closed."""
        return self._http.closed

    def close(self) -> None:
        """End all connections, also those a request is waiting on."""
        self._http.close()

    def _decode(self, reply: Reply, method: str, url: str) -> object:
        if 300 <= reply.status < 400:
            target = urlsplit(reply.headers.get("Location", "")).netloc or "nowhere"
            raise TransportError(
                f"{method} {url} was redirected to {target}; redirects are not followed, because the token"
                " would go along. Use the final address as endpoint.",
                method=method,
                url=url,
                may_have_arrived=False,
                is_permanent=True,
            )
        if reply.status >= 400:
            raise api_error(reply, method, url)
        if not reply.body:
            return None
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise TransportError(
                f"{method} {url} answered with {kind or 'an unnamed type'} instead of JSON."
                " Is this the address of an eryph compute API?",
                method=method,
                url=url,
            )
        try:
            return json.loads(reply.body)
        except ValueError as error:
            raise TransportError(
                f"{method} {url} answered with broken JSON of {len(reply.body)} bytes.", method=method, url=url
            ) from error


def _is_unreachable(error: RxEryphError) -> bool:
    """True when the server may be somewhere else, or another server may be in its place."""
    return isinstance(error, TransportError | AuthenticationError) or (
        isinstance(error, ApiError) and error.status == 401
    )


def _token(tokens: TokenSource, rejected: str | None = None) -> str:
    try:
        return tokens.token() if rejected is None else tokens.renew(rejected)
    except TransportError as error:
        error.may_have_arrived = False  # the request itself was not sent, or was refused
        raise


def api_error(reply: Reply, method: str, url: str) -> ApiError:
    """The error of a reply from 400 on, with the server's problem details where it sent them."""
    try:
        problem = load_problem(json.loads(reply.body))
    except ValueError:
        problem = load_problem(None)
    cls = _ERRORS.get(reply.status, ServerError if reply.status >= 500 else ApiError)
    said = " ".join((problem.detail or problem.title or _phrase(reply.status)).split())
    listed = "; ".join(f"{path}: {' '.join(texts)}" for path, texts in problem.errors.items())
    hints = {
        401: " The token was refused even after a renewal; check the client.",
        403: " The client's scopes or its role in the project do not suffice." if not problem.detail else "",
        404: " It does not exist, or this client may not see it.",
    }
    trace_id = problem.trace_id or reply.headers.get("x-ms-client-request-id")
    return cls(
        f"{method} {url}: {reply.status} {said.rstrip('.')}."
        + (f" {listed}" if listed else "")
        + hints.get(reply.status, ""),
        status=reply.status,
        method=method,
        url=url,
        title=problem.title,
        detail=problem.detail,
        errors=problem.errors,
        trace_id=trace_id,
        retry_after=read_retry_after(reply.headers.get("Retry-After"), reply.headers.get("Date")),
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "without an explanation"
