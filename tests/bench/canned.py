"""A server with ready-made answers, in a process of its own, so that only the client is measured.

``python -m tests.bench.canned [delay]`` prints its port. It knows the requests of a connection: discovery, a token,
and one operation of five tasks that never changes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator

OPERATION_ID = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"


def operation(entries: int = 0) -> dict[str, object]:
    """A running operation as the server shows it."""
    tasks = [
        {
            "id": f"00000000-0000-4000-8000-00000000000{number}",
            "parent_task_id": OPERATION_ID if number == 0 else "00000000-0000-4000-8000-000000000000",
            "name": "PrepareGeneCommand",
            "display_name": f"Preparing gene volume::gene:dbosoft/ubuntu-24.04/20250101:sd{number}[hyperv/amd64]",
            "progress": 10 * number,
            "status": "Running",
            "created": "2026-06-26T10:15:30.1234567+00:00",
            "started_at": "2026-06-26T10:15:30.2010034+00:00",
        }
        for number in range(5)
    ]
    return {
        "id": OPERATION_ID,
        "status": "Running",
        "status_message": "Running",
        "requested_by": "system-client",
        "created": "2026-06-26T10:15:30.1234567+00:00",
        "started_at": "2026-06-26T10:15:30.2010034+00:00",
        "resources": [],
        "log_entries": [
            {
                "id": f"00000000-0000-4000-9000-0000000{number:05}",
                "task_id": "00000000-0000-4000-8000-000000000001",
                "message": f"Downloading parts of volume::gene: {number}.00 MiB / 600.00 MiB",
                "timestamp": f"2026-06-26T10:15:{number % 60:02}.9012101+00:00",
            }
            for number in range(entries)
        ],
        "projects": [],
        "tasks": tasks,
    }


class _Answers(asyncio.Protocol):
    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._base = f"http://127.0.0.1:{transport.get_extra_info('sockname')[1]}/identity"

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            self._received = self._received[length:]
            answer = self._answer(head.partition(b"\r\n")[0].decode())
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _answer(self, line: str) -> bytes:
        if "openid-configuration" in line:
            body: object = {"issuer": self._base, "token_endpoint": f"{self._base}/connect/token"}
        elif "/connect/token" in line:
            body = {"access_token": "token", "token_type": "Bearer", "expires_in": 3600}
        else:
            return OPERATION
        return _reply(body)


def _reply(body: object) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"x-ms-client-request-id: 1\r\n\r\n" + content


OPERATION = _reply(operation())


async def _serve(delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answers(delay), "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def canned_server(delay: float = 0.0) -> Iterator[str]:
    """The base URL of a server that answers ``delay`` seconds after each request."""
    command = [sys.executable, "-m", "tests.bench.canned", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
