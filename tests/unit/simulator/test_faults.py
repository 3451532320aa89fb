"""The faults of a real network happen on request."""

from __future__ import annotations

import time

import pytest
import requests

from rxeryph.simulator import Cancellable, Pause, Task
from tests.simulation import Raw


def test_replies_redirects_and_pages(raw: Raw) -> None:
    faults = raw.simulator.faults
    faults.reply(503, headers={"Retry-After": "2"}, path="/v1/version$", times=2)
    assert raw.ask("GET", "/v1/catlets").status_code == 200
    replies = [raw.ask("GET", "/v1/version") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [503, 503, 200]
    assert replies[0].headers["Retry-After"] == "2"
    faults.html()
    assert "It works!" in raw.ask("GET", "/v1/version").text
    faults.redirect("http://127.0.0.1:1/", method="POST")
    assert raw.ask("GET", "/v1/version").status_code == 200
    faults.clear()
    faults.reply(500, processed=True)
    assert raw.ask("POST", "/v1/catlets", {"configuration": {}}).status_code == 500
    assert len(raw.get("/v1/operations")["value"]) == 1


def test_a_reset_may_come_before_after_or_long_before_the_work(raw: Raw) -> None:
    faults = raw.simulator.faults
    for name, processed, commit_after in (("before", False, None), ("after", True, None), ("late", False, 0.2)):
        faults.reset(method="POST", processed=processed, commit_after=commit_after)
        with pytest.raises(requests.ConnectionError):
            raw.ask("POST", "/v1/catlets", {"configuration": {"name": name}})
        if name == "late":
            assert len(raw.get("/v1/operations")["value"]) == 1
    deadline = time.monotonic() + 5
    while len(raw.get("/v1/operations")["value"]) < 2 and time.monotonic() < deadline:
        pass
    raw.simulator.advance(600)
    assert sorted(item["name"] for item in raw.get("/v1/catlets")["value"]) == ["after", "late"]


def test_an_answer_may_break_off(raw: Raw) -> None:
    raw.simulator.faults.truncate()
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        raw.ask("GET", "/v1/version")
    assert raw.ask("GET", "/v1/version").status_code == 200


def test_an_answer_may_come_in_pieces_and_is_still_complete(raw: Raw) -> None:
    whole = raw.get("/v1/catlets")
    raw.simulator.faults.dribble(0.3, pieces=6)
    began = time.monotonic()
    headers = {"Authorization": f"Bearer {raw.token}"}
    with raw.session.get(f"{raw.endpoint}/v1/catlets", headers=headers, timeout=5, stream=True) as reply:
        arrived = [time.monotonic() - began for _ in reply.raw.stream(1)]
    assert arrived[-1] - arrived[0] > 0.1
    assert arrived[-1] >= 0.29
    raw.simulator.faults.dribble(0.0, pieces=1000)
    assert raw.get("/v1/catlets") == whole
    with pytest.raises(ValueError, match="pieces must be at least 1"):
        raw.simulator.faults.dribble(1.0, pieces=0)


def test_a_fault_without_a_limit_happens_until_cleared_and_after_the_others(raw: Raw) -> None:
    faults = raw.simulator.faults
    faults.reply(418, path="/v1/version$", times=None)
    faults.reply(410, path="/v1/version$")
    assert faults.pending == 1
    assert [raw.ask("GET", "/v1/version").status_code for _ in range(4)] == [410, 418, 418, 418]
    assert raw.ask("GET", "/v1/catlets").status_code == 200
    assert faults.pending == 0
    faults.clear()
    assert raw.ask("GET", "/v1/version").status_code == 200


def test_a_busy_server_may_say_when_to_ask_again(raw: Raw) -> None:
    raw.simulator.faults.busy(status=429, retry_after=2.0)
    raw.simulator.faults.busy(retry_after=None)
    throttled, unavailable = (raw.ask("GET", "/v1/version") for _ in range(2))
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "2")
    assert throttled.json()["title"] == "Too Many Requests"
    assert (unavailable.status_code, "Retry-After" in unavailable.headers) == (503, False)


def test_an_unreadable_result_breaks_the_list_and_its_operation(raw: Raw) -> None:
    broken, sound = (raw.simulator.play(Task("A")) for _ in range(2))
    paths = ["/v1/operations", f"/v1/operations/{broken}", f"/v1/operations/{sound}", "/v1/version"]

    def statuses() -> list[int]:
        return [raw.ask("GET", f"{path}?expand=logs").status_code for path in paths]

    raw.simulator.faults.unreadable(broken)
    assert statuses() == statuses() == [500, 500, 200, 200]
    raw.simulator.faults.clear()
    raw.simulator.faults.unreadable(times=1)
    assert (statuses(), statuses()) == ([500, 200, 200, 200], [200, 200, 200, 200])


def test_a_cancellation_may_have_no_effect(raw: Raw) -> None:
    begun = raw.simulator.play(Task("A", Cancellable(Pause(5.0), Pause(5.0))))
    raw.simulator.advance(2.0)
    raw.simulator.faults.ignore_cancel()
    assert raw.ask("POST", f"/v1/operations/{begun}/cancel").status_code == 202
    assert raw.finish(begun)["status"] == "Completed"
