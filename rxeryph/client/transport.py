"""The one way requests are sent to the server's APIs: with a token, to where the server is now, and retried."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from ..credentials import Route, Site, TokenSource, Whereabouts
from ..errors import ApiError, AuthenticationError, RxEryphError, TransportError
from ..http import Patience, Reply, Request
from ..retry import REQUEST_BUDGET, Attempts, ErrorBudget, may_have_been_done
from .replies import accept, decode

if TYPE_CHECKING:
    from ..journal.once import Once

ValueT = TypeVar("ValueT")

logger = logging.getLogger("rxeryph")


class Transport:
    """Sends requests to one of the server's services and decodes the replies. Thread-safe.

    Every request carries a token. After a 401 the token is renewed and the request sent once more, which is safe
    because a refused request was not carried out. Redirects are never followed.
    """

    before_submit: Callable[[], None] = staticmethod(lambda: None)
    """Called before a change is sent. If it raises, nothing is sent."""

    once: Once | None = None
    """What submits a change once for each key in a journal; None without a journal."""

    gives_up_if_refused = False
    """True: until the service has answered anything, a refused connection is permanent: no server is there."""

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
        """The base URL of the service, where the server is now."""
        return self._base(self._route.site)

    @property
    def identity(self) -> Transport:
        """The same server's identity API."""
        return Transport(self._route, self.budget, service="identity")

    @property
    def whereabouts(self) -> Whereabouts:
        """Where the server is and which client is used there, and how both were found."""
        return self._route.found

    @property
    def tokens(self) -> TokenSource:
        """The tokens in use."""
        return self._route.site.tokens

    @property
    def traffic(self) -> tuple[int, int]:
        """How many requests were answered, and the bytes in the bodies of the answers."""
        return self._http.traffic

    def url(self, path: str) -> str:
        """The absolute URL of ``path``."""
        return self.endpoint + path

    def get(self, path: str) -> object:
        """The decoded reply of a GET, sent again after a transient failure until the budget is spent.

        Raises TransportError, ApiError, AuthenticationError and ClosedError.
        """
        attempts = Attempts(self.budget, self.now())
        while True:
            try:
                return self.send("GET", path)
            except RxEryphError as error:
                self.wait_or_raise(error, attempts)

    def send(self, method: str, path: str, body: object = None, patience: Patience | None = None) -> object:
        """Send one request and decode its reply; None for an empty one. Raises as ``get`` does."""
        return decode(self.requester(method, path, body, patience)(""), method, self.url(path))

    def requester(
        self, method: str, path: str, body: object = None, patience: Patience | None = None
    ) -> Callable[[str], Reply]:
        """A request prepared once, to be sent with any query (``?...`` or empty), one at a time.

        Each call sends it once and returns the reply, whose body is JSON or empty. Raises as ``get`` does.
        """
        headers = {"Accept": "application/json"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()

        def prepare(site: Site) -> Request:
            request = self._http.prepare(method, self._base(site) + path, headers, data)
            request.patience = patience
            return request

        site = self._route.site
        request = prepare(site)

        def send(query: str) -> Reply:
            nonlocal site, request
            if site is not self._route.site:
                site = self._route.site
                request = prepare(site)
            return self._exchange(request, query, site.tokens)

        def send_wherever_it_is(query: str) -> Reply:
            try:
                return send(query)
            except RxEryphError as error:
                # What may have been done at the old place is not sent to the new one: some GETs start operations too.
                if not _may_be_elsewhere(error) or not self._route.relocate(site) or may_have_been_done(error):
                    raise
            return send(query)

        return send_wherever_it_is

    def wait_or_raise(self, error: RxEryphError, attempts: Attempts) -> None:
        """Wait until the next attempt is due. Raises ``error`` if there should be none."""
        seconds = attempts.after(error, self.now())
        if isinstance(error, TransportError):
            error.attempts = attempts.failures
        if seconds is None:
            raise error
        self.wait(seconds)

    def now(self) -> float:
        """Seconds, on the clock by which requests wait."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait. Raises ClosedError as soon as the connection is closed."""
        self._http.wait(seconds)

    def close(self) -> None:
        """Close all connections. Requests under way end with ClosedError."""
        self._http.close()

    def _base(self, site: Site) -> str:
        return site.endpoints.compute if self._service == "compute" else site.endpoints.identity

    def _exchange(self, request: Request, query: str, tokens: TokenSource) -> Reply:
        token, is_new = _requested(tokens.token), False
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["x-ms-client-request-id"] = str(uuid.uuid4())
        reply = self._sent(request, query)
        while reply.status == 401 and not is_new:
            logger.debug("%s %s was answered with 401; renewing the token", request.method, request.url)
            token, is_new = _requested(partial(tokens.renew, token))
            request.headers["Authorization"] = f"Bearer {token}"
            reply = self._sent(request, query)
        return accept(reply, request.method, request.url)

    def _sent(self, request: Request, query: str) -> Reply:
        try:
            reply = self._http.send(request, query)
        except TransportError as error:
            if error.was_refused and self.gives_up_if_refused:
                error.is_permanent = True
            raise
        self.gives_up_if_refused = False
        return reply


def _may_be_elsewhere(error: RxEryphError) -> bool:
    """True when the server may have moved: it does not answer, or what answers does not accept the client."""
    if isinstance(error, ApiError):
        return error.status == 401
    return isinstance(error, TransportError | AuthenticationError)


def _requested(request_token: Callable[[], ValueT]) -> ValueT:
    try:
        return request_token()
    except TransportError as error:
        error.may_have_arrived = False  # the request itself was not sent, or was refused
        raise
