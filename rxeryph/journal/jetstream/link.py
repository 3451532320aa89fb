"""One connection to a broker, from the moment it is made until it is lost. Used on one event loop."""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from nats import errors
from nats.aio.msg import Msg

from .address import Address
from .client import QuickClient
from .failures import PATIENCE, NoTlsError, RefusedError, TooOldError, is_refusal

OLDEST = (2, 11)
"""The first version of nats-server with leases that expire one by one, and with many records in one answer."""


HURRY = 1.0
"""Seconds that the end of a connection may take."""

LOOK = 0.5
"""Seconds between looks whether nats-py has closed the connection."""


class Link:
    """A connection that ends when it is lost, and all requests with it.

    nats-py could reconnect by itself, but sends then what waited meanwhile, after an append was reported as failed.
    """

    def __init__(self, address: Address, tls: ssl.SSLContext | None) -> None:
        self._address = address
        self._tls = tls
        self._inbox = ""
        self._requests: dict[str, Request] = {}
        self._numbers = itertools.count()
        self._looking: asyncio.Task[None] | None = None
        self.client = QuickClient()
        self.lost = asyncio.Event()
        """Set at the end."""
        self.reported: Exception | None = None
        """The last error that was reported without being the answer to a request."""

    async def connect(self) -> None:
        """Make the connection. Raises what nats-py raises, and TimeoutError."""
        address = self._address
        await asyncio.wait_for(
            self.client.connect(
                servers=[*address.servers],
                name="rxeryph",
                user=address.user,
                password=None if address.password is None else lambda: self._secret(address.password),
                token=None if address.token is None else lambda: self._secret(address.token),
                tls=self._tls or trusted(),
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=2,
                ping_interval=5,
                pending_size=0,
                error_cb=self._report,
                closed_cb=self._end,
            ),
            PATIENCE,
        )
        self._check_tls()
        version = self.client.connected_server_version
        if (version.major, version.minor) < OLDEST:
            raise TooOldError(f"{version.major}.{version.minor}.{version.patch}", ".".join(map(str, OLDEST)))
        self._inbox = self.client.new_inbox()
        await self.client.subscribe(f"{self._inbox}.*", cb=self._answered)
        self._looking = asyncio.create_task(self._look())

    async def ask(
        self, subject: str, data: bytes, headers: Mapping[str, str] | None = None, *, is_many: bool = False
    ) -> Sequence[Msg]:
        """The answer to a request, or the answers: the last of several has a status. Raises what nats-py raises."""
        if self.client.is_closed:
            await self._end()
        request = Request(subject, is_many)
        inbox = f"{self._inbox}.{next(self._numbers)}"
        self._requests[inbox] = request
        try:
            await self.client.publish(subject, data, inbox, dict(headers) if headers else None)
            async with asyncio.timeout(PATIENCE):
                return await request.answers
        finally:
            del self._requests[inbox]

    async def close(self) -> None:
        """Close the connection."""
        if self._looking is not None:
            self._looking.cancel()
        with suppress(Exception):  # it is closed in any case
            await asyncio.wait_for(self.client.close(), HURRY)
        await self._end()

    async def _answered(self, message: Msg) -> None:
        request = self._requests.get(message.subject)
        if request is not None:
            request.answered(message)

    async def _report(self, error: Exception) -> None:
        self.reported = error
        for request in [*self._requests.values()]:
            if is_refusal(error, request.subject):
                request.fail(error)

    async def _look(self) -> None:
        # nats-py calls no one back if the connection breaks while it writes what is left.
        while not self.client.is_closed:
            await asyncio.sleep(LOOK)
        await self._end()

    async def _end(self) -> None:
        self.lost.set()
        for request in [*self._requests.values()]:
            request.fail(errors.ConnectionClosedError())

    def _check_tls(self) -> None:
        # A broker that does not require TLS is used without, which nats-py does not show otherwise.
        if self._address.is_tls and not self.client._server_info.get("tls_required"):
            raise NoTlsError

    def _secret(self, secret: str | None) -> str:
        """``secret``, which nats-py asks for after it has encrypted the connection."""
        self._check_tls()
        return secret or ""


class Request:
    """A request that waits for its answers."""

    def __init__(self, subject: str, is_many: bool) -> None:
        self.subject = subject
        self.answers: asyncio.Future[Sequence[Msg]] = asyncio.get_running_loop().create_future()
        self._is_many = is_many
        self._received: list[Msg] = []

    def answered(self, message: Msg) -> None:
        """An answer came."""
        self._received.append(message)
        status = (message.headers or {}).get("Status")
        if status == "503":
            self.fail(errors.NoRespondersError())
        elif (status is not None or not self._is_many) and not self.answers.done():
            self.answers.set_result(self._received)

    def fail(self, error: Exception) -> None:
        """There will be no answer."""
        if not self.answers.done():
            self.answers.set_exception(error)


async def api(link: Link, request: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The answer to a request of the API of JetStream. Raises RefusedError, and what nats-py raises."""
    data = b"" if body is None else json.dumps(body).encode()
    return checked((await link.ask(f"$JS.API.{request}", data))[0].data)


async def answers(link: Link) -> bool:
    """True if JetStream answers a question."""
    try:
        await api(link, "INFO")
    except (errors.Error, RefusedError, OSError):
        return False
    return True


def trusted() -> ssl.SSLContext:
    """The trust store of the operating system."""
    from truststore import SSLContext

    return SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def checked(data: bytes) -> Mapping[str, Any]:
    """An answer of JetStream. Raises RefusedError if it is an error."""
    answer: Mapping[str, Any] = json.loads(data)
    if "error" in answer:
        raise RefusedError(answer["error"])
    return answer
