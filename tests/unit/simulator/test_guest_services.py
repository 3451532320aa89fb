"""Guest services, as far as the simulator has them without a machine."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import UNKNOWN_ID, Raw


@pytest.fixture
def guest(raw: Raw) -> str:
    """The path of the services of a running catlet."""
    catlet = raw.make_catlet()
    raw.change("PUT", f"/v1/catlets/{catlet}/start")
    return f"/v1/catlets/{catlet}/guest-services"


def test_the_status_shows_the_shell_until_it_is_cleared(raw: Raw, guest: str) -> None:
    def status() -> Any:
        return raw.change("GET", guest)["result"]

    assert (status()["guest_services_status"], status()["provisioning_state"]) == ("available", "completed")
    for shell in ({"shell": "bash", "shell_args": "-l"}, {"shell_args": ""}):
        raw.change("PATCH", f"{guest}/settings", shell)
    assert (status()["shell"], "shell_args" in status()) == ("bash", False)
    raw.change("PUT", guest.replace("guest-services", "stop"), {"mode": "Kill"})
    assert status()["guest_services_status"] == "unknown"


UPGRADE = {
    "Connection": "keep-alive, Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class Channel:
    """A WebSocket, frame by frame."""

    def __init__(self, raw: Raw, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", raw.simulator.port), timeout=5)
        self._file = self._socket.makefile("rb")
        headers = {"Host": "localhost", "Authorization": f"Bearer {raw.token}", **UPGRADE}
        lines = [f"GET /compute{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        self.status = self._file.readline().split()[1]
        self.headers = [*iter(self._file.readline, b"\r\n")]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def send(self, kind: int, content: bytes) -> None:
        """Send a masked frame, in two pieces."""
        size = bytes([128 | 126]) + len(content).to_bytes(2) if len(content) > 125 else bytes([128 | len(content)])
        frame = bytes([128 | kind]) + size + b"\x01\x02\x03\x04"
        frame += bytes(byte ^ (index % 4 + 1) for index, byte in enumerate(content))
        for piece in (frame[:3], frame[3:]):
            self._socket.sendall(piece)

    def receive(self) -> tuple[int, bytes]:
        """The kind and content of the next frame."""
        kind, size = self._file.read(2)
        if size == 126:
            size = int.from_bytes(self._file.read(2))
        return kind & 15, self._file.read(size)

    def is_closed(self) -> bool:
        return self._file.read(1) == b""


def test_a_channel_echoes_until_it_is_closed(raw: Raw, guest: str) -> None:
    begun = raw.submit("PUT", f"{guest}/ssh-channel?publicKey=ssh%20k&ttl=60")["id"]
    result = raw.finish(begun, 20.0)["result"]
    assert set(result) == {"result_type", "token", "expires_at"}
    assert re.fullmatch(r"[\w-]{43}", result["token"])
    with Channel(raw, f"{guest}/ssh-channel/connect?token={result['token']}") as channel:
        assert channel.status == b"101"
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in channel.headers
        for kind, content, answer in ((2, b"x" * 300, 2), (1, b"text", 2), (9, b"ping", 10), (8, b"\x03\xe8", 8)):
            channel.send(kind, content)
            assert channel.receive() == (answer, content)
        assert channel.is_closed()
    assert raw.simulator.requests[-1].status == 101


def test_a_token_of_a_channel_works_once_and_for_two_minutes(raw: Raw, guest: str) -> None:
    def token(seconds: float) -> str:
        begun = raw.submit("PUT", f"{guest}/ssh-channel")["id"]
        return str(raw.finish(begun, seconds)["result"]["token"])

    expired, used = token(200.0), token(20.0)
    connect = f"{guest}/ssh-channel/connect"
    Channel(raw, f"{connect}?token={used}").__exit__()
    for wrong in (used, expired, "unknown"):
        with Channel(raw, f"{connect}?token={wrong}") as channel:
            assert (channel.status, channel.receive()) == (b"101", (8, b"\x03\xf0"))
            assert channel.is_closed()


def test_a_channel_is_for_websockets_with_a_token(raw: Raw, guest: str) -> None:
    connect = f"{guest}/ssh-channel/connect"
    for name in UPGRADE:
        headers = {each: value for each, value in UPGRADE.items() if each != name}
        status, problem = raw.refusal("GET", f"{connect}?token=x", headers=headers)
        assert (status, problem["detail"].partition(".")[0]) == (400, "This is for WebSockets only")
    status, problem = raw.refusal("GET", connect, headers=UPGRADE)
    assert (status, problem["detail"].partition(".")[0]) == (400, "The token of the channel is missing")
    unknown = f"/v1/catlets/{UNKNOWN_ID}/guest-services/ssh-channel/connect?token=x"
    assert raw.refusal("GET", unknown, headers=UPGRADE)[0] == 404


def later(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_invalid_requests_are_refused_with_one_sentence(raw: Raw, guest: str) -> None:
    key, shell, channel = "POST /access-keys", "PATCH /settings", "PUT /ssh-channel"
    ttl = "The ttl must be between 1 and 2592000 seconds. Change it."
    quotes = "The public key contains a line break or a double quote. Remove it."
    for request, body, detail in (
        (key, {"public_key": " "}, "The public_key is empty. Give it a value."),
        (key, {"public_key": "k" * 2049}, "The public key must have at most 2048 characters. Make it shorter."),
        (key, {"public_key": "a\nb"}, quotes),
        (key, {"public_key": "k", "expires_at": later(-5)}, "The expiry has passed. Choose a later one."),
        (
            key,
            {"public_key": "k", "expires_at": later(2_600_000)},
            "The expiry must be at most 2592000 seconds from now. Choose an earlier one.",
        ),
        (shell, {}, "The body has no setting. Add shell or shell_args."),
        (shell, {"shell": "s" * 513}, "A setting must have at most 512 characters. Make it shorter."),
        (f"{channel}?publicKey=k&ttl=2592001", None, ttl),
        (f"{channel}?publicKey=%22", None, quotes),
    ):
        method, path = request.split()
        status, problem = raw.refusal(method, guest + path, body)
        assert (status, problem["detail"], "errors" in problem) == (400, detail, False)
    assert raw.submit("PUT", f"{guest}/ssh-channel?ttl=0")  # without a key, its life does not matter
    assert raw.submit("POST", f"{guest}/access-keys", {"public_key": "k", "expires_at": later(60)})


def test_a_reader_with_the_scope_may_change_guest_services(stopped_clock: Simulator, guest: str) -> None:
    stopped_clock.add_client("reader", scopes=("compute:catlets:remote-access",), roles={"default": "reader"})
    stopped_clock.add_client("other", scopes=("compute:catlets:remote-access",))
    with Raw(stopped_clock, "reader") as reader, Raw(stopped_clock, "other") as other:
        assert reader.ask("DELETE", f"{guest}/access-keys").status_code == 202
        assert reader.refusal("GET", guest)[0] == 403
        assert other.refusal("DELETE", f"{guest}/access-keys")[0] == 404
