"""Guest services, as far as the simulator has them without a machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import Raw


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


def test_a_channel_has_a_token_but_no_host_behind_it(raw: Raw, guest: str) -> None:
    result = raw.change("PUT", f"{guest}/ssh-channel?publicKey=ssh%20k&ttl=60")["result"]
    assert set(result) == {"result_type", "token", "expires_at"}
    connect, upgrade = f"{guest}/ssh-channel/connect", {"Connection": "Upgrade", "Upgrade": "websocket"}
    for path, headers, refusal in (
        (
            f"{connect}?token={result['token']}",
            {},
            (400, "This is for WebSockets only. Ask for an upgrade of the connection."),
        ),
        (connect, upgrade, (400, "The token of the channel is missing. Add it to the query.")),
        (f"{connect}?token={result['token']}", upgrade, (409, "The catlet is not currently assigned to an agent.")),
    ):
        status, problem = raw.refusal("GET", path, headers=headers)
        assert (status, problem["detail"]) == refusal


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
