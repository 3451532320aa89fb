"""A server of many operations with the costs of a real one, in a process of its own.

``python -m tests.bench.busy_server OPERATIONS SECONDS [CERTIFICATE KEY]`` prints its port. From the first request for
operations, 5 % of them write a log entry in each second; the message is the time at which it became visible. After
SECONDS all of them complete. A single operation takes 20 ms, a list 2 ms and 45 us for each operation in it, as
measured on a real server. These costs are timers: the server itself needs little CPU.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import parse_qs, urlsplit

from .busy_world import STAMP, TICK, World, as_json

SINGLE_COST = 0.020
LIST_COST, LIST_COST_EACH = 0.002, 0.000045
CHUNK = 4096


class _Answers(asyncio.Protocol):
    def __init__(self, world: World, scheme: str) -> None:
        self._world = world
        self._scheme = scheme
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._base = f"{self._scheme}://localhost:{transport.get_extra_info('sockname')[1]}/identity"

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
            self._received = self._received[length:]
            self._answer(urlsplit(lines[0].split(" ")[1]).path, lines[0].split(" ")[1])

    def _answer(self, path: str, target: str) -> None:
        world = self._world
        if path.endswith("openid-configuration"):
            self._send(as_json({"issuer": self._base, "token_endpoint": f"{self._base}/connect/token"}))
        elif path.endswith("/connect/token"):
            self._send(as_json({"access_token": "token", "token_type": "Bearer", "expires_in": 3600}))
        elif path == "/truth":
            self._send(as_json({"written": world.written, "requests": world.requests}))
        else:
            world.request()
            since = parse_qs(urlsplit(target).query).get("log_time_stamp", [""])[0][:STAMP]
            if path.endswith("/operations"):
                self._after(LIST_COST + LIST_COST_EACH * len(world.written), partial(world.listed, since))
            else:
                self._after(SINGLE_COST, partial(world.operation, int(path[-12:]), since))

    def _after(self, seconds: float, answer: Callable[[], bytes]) -> None:
        asyncio.get_running_loop().call_later(seconds, lambda: self._send(answer()))

    def _send(self, body: bytes) -> None:
        date = f"{self._world.now():%a, %d %b %Y %H:%M:%S} GMT"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nDate: {date}\r\n"
        if len(body) <= CHUNK:
            self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        else:
            pieces = (body[place : place + CHUNK] for place in range(0, len(body), CHUNK))
            chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
            self._transport.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks + b"0\r\n\r\n")


async def _serve(count: int, seconds: float, certificate: Sequence[str]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if certificate else None
    if context is not None:
        context.load_cert_chain(*certificate)
    world = World(count, seconds)
    scheme = "http" if context is None else "https"
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answers(world, scheme), "127.0.0.1", 0, backlog=1000, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    while True:
        await asyncio.sleep(TICK)
        world.change()


@contextlib.contextmanager
def busy_server(count: int, seconds: float, certificate: Sequence[str] = ()) -> Iterator[str]:
    """The base URL of a server with ``count`` operations; ``certificate`` are the paths of one and of its key."""
    command = [sys.executable, "-m", "tests.bench.busy_server", str(count), str(seconds), *certificate]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"{'https' if certificate else 'http'}://localhost:{process.stdout.readline().strip()}"
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
