"""The Ruby client of eryph logs in to older servers and polls them; servers of API 1.2 give it no token."""

from __future__ import annotations

import time
import uuid
from typing import Any

import jwt
import pytest
import requests

from rxeryph.simulator import Log, Simulator, Task

EXPAND = "logs,tasks,resources,projects"


def log_in(simulator: Simulator) -> requests.Response:
    """Ask for a token as the client does: its assertion has no type, and the token endpoint as its audience."""
    url, now = f"{simulator.identity_endpoint}/connect/token", int(time.time())
    claims: dict[str, object] = {
        "iss": simulator.client_id,
        "sub": simulator.client_id,
        "aud": url,
        "jti": str(uuid.uuid4()),
    }
    claims |= {"iat": now, "exp": now + 300}
    form = {
        "grant_type": "client_credentials",
        "client_id": simulator.client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, simulator.private_key, "RS256", headers={"typ": None}),
        "scope": "compute:write",
    }
    return requests.post(url, data=form, headers={"Connection": "close"}, timeout=5)


def get(simulator: Simulator, token: str, path: str, **query: str) -> Any:
    """The document at ``path``, over a connection of its own."""
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    reply = requests.get(f"{simulator.compute_endpoint}{path}", params=query, headers=headers, timeout=5)
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
def test_an_older_server_lets_it_in_and_shows_new_log_entries(version: tuple[int, int]) -> None:
    with Simulator(speed=0.0, api_version=version) as simulator:
        token = log_in(simulator).json()["access_token"]
        path = f"/v1/operations/{simulator.play(Task('T', Log('first'), Log('second')))}"
        since, seen, status = "2018-01-01T00:00:00.000+0000", [], ""
        for _ in range(10):
            simulator.advance(0.5)
            status = get(simulator, token, path)["status"]  # a poll is two requests
            entries = get(simulator, token, path, expand=EXPAND, log_time_stamp=since)["log_entries"]
            for entry in sorted(entries, key=lambda each: each["timestamp"]):
                seen.append(entry["message"])
                since = entry["timestamp"].replace("+00:00", "+0000")
        assert (seen, status) == (["first", "second"], "Completed")


def test_a_server_of_today_refuses_it() -> None:
    with Simulator(speed=0.0) as simulator:
        reply = log_in(simulator)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
    assert reply.json()["error_uri"].endswith("/ID2089")
