"""What goes on inside a catlet, as far as a server without machines can tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import Raw, tree

NOWHERE = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"


@pytest.fixture
def guest(raw: Raw) -> str:
    """Where the services of a running catlet are."""
    catlet = raw.make_catlet()
    raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet}/start")["id"])
    return f"/v1/catlets/{catlet}/guest-services"


@pytest.mark.parametrize(
    ("method", "path", "body", "title"),
    [
        ("GET", "", None, 'GetGuestServicesStatusCommand "Reading guest services status"'),
        ("PUT", "/ssh-channel", None, 'OpenSshChannelCommand "Opening SSH channel"'),
        ("PATCH", "/settings", {"shell": "bash"}, 'SetGuestServicesDataCommand "Setting guest services shell"'),
        ("POST", "/access-keys", {"public_key": "ssh k"}, 'SetGuestServicesDataCommand "Authorizing access key"'),
        ("DELETE", "/access-keys", None, 'SetGuestServicesDataCommand "Revoking access key"'),
    ],
)
def test_trace_13_guest_services(raw: Raw, guest: str, method: str, path: str, body: object, title: str) -> None:
    begun = raw.submit(method, guest + path, body)
    assert [item["resource_type"] for item in begun["resources"]] == ["Catlet"]
    assert [item["name"] for item in begun["projects"]] == ["default"]
    done = raw.finish(begun["id"])
    command = title.partition("Command ")[0]
    assert tree(done) == [title, f"  {command}VMCommand"]
    assert (done["status"], done["log_entries"]) == ("Completed", [])
    assert ("result" in done) == (method == "GET" or path == "/ssh-channel")


def test_the_status_tells_the_shell_until_it_is_cleared(raw: Raw, guest: str) -> None:
    def status() -> dict[str, str]:
        result: dict[str, str] = raw.finish(raw.submit("GET", guest)["id"])["result"]
        return result

    assert status()["result_type"] == "GuestServicesStatus"
    assert (status()["guest_services_status"], status()["provisioning_state"]) == ("available", "completed")
    for shell in ({"shell": "bash", "shell_args": "-l"}, {"shell_args": ""}):
        raw.finish(raw.submit("PATCH", f"{guest}/settings", shell)["id"])
    assert (status()["shell"], "shell_args" in status()) == ("bash", False)
    raw.finish(raw.submit("PUT", guest.replace("guest-services", "stop"), {"mode": "Kill"})["id"])
    assert status()["guest_services_status"] == "unknown"


def test_a_channel_has_a_token_but_no_host_behind_it(raw: Raw, guest: str) -> None:
    done = raw.finish(raw.submit("PUT", f"{guest}/ssh-channel?publicKey=ssh%20k&ttl=60")["id"])
    assert set(done["result"]) == {"result_type", "token", "expires_at"}
    connect = f"{guest}/ssh-channel/connect?token={done['result']['token']}"
    assert raw.ask("GET", connect).json()["detail"] == "This endpoint requires a WebSocket request."
    upgrade = {"Upgrade": "websocket"}
    assert raw.ask("GET", f"{guest}/ssh-channel/connect", headers=upgrade).status_code == 400
    refused = raw.ask("GET", connect, headers=upgrade)
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "The catlet is not currently assigned to an agent.",
    )


def test_the_provisioning_log_is_what_the_guest_noted(raw: Raw, guest: str) -> None:
    result = raw.finish(raw.submit("GET", f"{guest}/provisioning-log")["id"])["result"]
    assert result["result_type"] == "ProvisioningLog"
    assert result["events"][0]["message"] in result["rendered_log"]


def later(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize(
    ("method", "path", "body", "detail"),
    [
        ("POST", "/access-keys", {}, "A public key is required."),
        ("POST", "/access-keys", {"public_key": " "}, "A public key is required."),
        ("POST", "/access-keys", {"public_key": "k" * 2049}, "The public key must not exceed 2048 characters."),
        (
            "POST",
            "/access-keys",
            {"public_key": "a\nb"},
            "The public key must not contain line breaks or quote characters.",
        ),
        ("POST", "/access-keys", {"public_key": "k", "ttl": 0}, "The ttl must be between 1 and 2592000 seconds."),
        (
            "POST",
            "/access-keys",
            {"public_key": "k", "expires_at": later(-5)},
            "The expiry must be in the future.",
        ),
        (
            "POST",
            "/access-keys",
            {"public_key": "k", "expires_at": later(2_600_000)},
            "The expiry must be at most 2592000 seconds in the future.",
        ),
        ("PATCH", "/settings", {}, "At least one setting must be provided."),
        ("PATCH", "/settings", {"shell": "s" * 513}, "A setting must not exceed 512 characters."),
        ("PUT", "/ssh-channel?ttl=2592001", None, "The ttl must be between 1 and 2592000 seconds."),
    ],
)
def test_what_is_refused_with_a_sentence(
    raw: Raw, guest: str, method: str, path: str, body: object, detail: str
) -> None:
    reply = raw.ask(method, guest + path, body)
    assert (reply.status_code, reply.json().get("detail")) == (400, detail)
    assert "errors" not in reply.json()


def test_a_moment_or_a_life_that_is_none_is_refused(raw: Raw, guest: str) -> None:
    for body, path in (
        ({"ttl": "soon"}, "$.ttl"),
        ({"expires_at": "soon"}, "$.expires_at"),
        ({"ttl": True}, "$.ttl"),
    ):
        reply = raw.ask("POST", f"{guest}/access-keys", {"public_key": "k", **body})
        assert (reply.status_code, list(reply.json()["errors"])) == (400, [path])


def test_a_reader_with_the_scope_is_enough_and_others_find_nothing(
    stopped_clock: Simulator, raw: Raw, guest: str
) -> None:
    stopped_clock.add_client("reader", scopes=("compute:catlets:remote-access",), roles={"default": "reader"})
    stopped_clock.add_client("other", scopes=("compute:catlets:remote-access",))
    reader, other = Raw(stopped_clock, "reader"), Raw(stopped_clock, "other")
    assert reader.ask("DELETE", f"{guest}/access-keys").status_code == 202
    assert reader.ask("GET", guest).status_code == 403
    assert other.ask("DELETE", f"{guest}/access-keys").status_code == 404
    assert raw.ask("GET", f"/v1/catlets/{NOWHERE}/guest-services").status_code == 404
    for each in (reader, other):
        each.close()


def test_what_a_configuration_may_choose_from(raw: Raw) -> None:
    for what in ("datastores", "sites"):
        assert raw.get(f"/v1/config/{what}") == {"value": [{"name": "default"}]}
    assert raw.get("/v1/config/environments") == {"value": [{"name": "default", "site": "default"}]}
