"""The faults of a real network can be had on command, and a simulator ends at once whatever goes on."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import time

import pytest
import requests

from rxeryph.simulator import Cancellable, Pause, Simulator, Task
from tests.simulation import Raw


def test_replies_redirects_and_pages(raw: Raw) -> None:
    faults = raw.simulator.faults
    faults.reply(503, headers={"Retry-After": "2"}, path="/v1/version$", times=2)
    assert raw.ask("GET", "/v1/catlets").status_code == 200
    reply = raw.ask("GET", "/v1/version")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2")
    assert raw.ask("GET", "/v1/version").status_code == 503
    assert raw.ask("GET", "/v1/version").status_code == 200
    faults.html()
    assert "It works!" in raw.ask("GET", "/v1/version").text
    faults.redirect("http://127.0.0.1:1/", method="POST")
    assert raw.ask("GET", "/v1/version").status_code == 200
    faults.clear()
    assert raw.ask("POST", "/v1/catlets", {"configuration": {}}).status_code == 202


def test_a_reset_may_come_before_after_or_long_before_the_work(raw: Raw) -> None:
    faults = raw.simulator.faults
    for name, arguments in {
        "before": {},
        "after": {"processed": True},
        "late": {"commit_after": 0.2},
    }.items():
        faults.reset(method="POST", **arguments)  # type: ignore[arg-type]
        with pytest.raises(requests.ConnectionError):
            raw.ask("POST", "/v1/catlets", {"configuration": {"name": name}})
        if name == "late":
            assert len(raw.get("/v1/operations")["value"]) == 1
    deadline = time.monotonic() + 5
    while len(raw.get("/v1/operations")["value"]) < 2 and time.monotonic() < deadline:
        pass
    raw.simulator.advance(600)
    assert sorted(item["name"] for item in raw.get("/v1/catlets")["value"]) == ["after", "late"]


def test_an_answer_may_break_in_the_middle(raw: Raw) -> None:
    raw.simulator.faults.truncate()
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        raw.ask("GET", "/v1/version")
    assert raw.ask("GET", "/v1/version").status_code == 200


def test_an_answer_may_come_in_pieces_and_whole_all_the_same(raw: Raw) -> None:
    whole = raw.get("/v1/catlets")
    raw.simulator.faults.dribble(0.3, pieces=6)
    began = time.monotonic()
    url, headers = f"{raw.simulator.compute_endpoint}/v1/catlets", {"Authorization": f"Bearer {raw.token}"}
    with raw.session.get(url, headers=headers, timeout=5, stream=True) as reply:
        arrived = [time.monotonic() - began for _ in reply.raw.stream(1)]
    assert arrived[-1] - arrived[0] > 0.1
    assert arrived[-1] >= 0.29
    raw.simulator.faults.dribble(0.0, pieces=1000)
    assert raw.get("/v1/catlets") == whole
    with pytest.raises(ValueError, match="pieces must be at least 1"):
        raw.simulator.faults.dribble(1.0, pieces=0)


def test_a_fault_without_end_goes_on_until_cleared_and_lets_others_go_first(raw: Raw) -> None:
    faults = raw.simulator.faults
    faults.reply(418, path="/v1/version$", times=None)
    faults.reply(410, path="/v1/version$")
    assert faults.pending == 1
    assert [raw.ask("GET", "/v1/version").status_code for _ in range(4)] == [410, 418, 418, 418]
    assert raw.ask("GET", "/v1/catlets").status_code == 200
    assert faults.pending == 0
    faults.clear()
    assert raw.ask("GET", "/v1/version").status_code == 200


def test_it_may_be_busy_and_say_for_how_long(raw: Raw) -> None:
    raw.simulator.faults.busy(status=429, retry_after=2.0)
    raw.simulator.faults.busy(retry_after=None)
    throttled, unavailable = (raw.ask("GET", "/v1/version") for _ in range(2))
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "2")
    assert throttled.json()["title"] == "Too Many Requests"
    assert (unavailable.status_code, "Retry-After" in unavailable.headers) == (503, False)


def test_a_result_that_cannot_be_read_breaks_the_list_and_its_operation(raw: Raw) -> None:
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


def test_it_stops_at_once_while_requests_hang() -> None:
    simulator = Simulator().start()
    client = Raw(simulator)
    simulator.faults.hang(times=2)
    simulator.faults.delay(30.0)
    simulator.faults.dribble(30.0)

    def ask() -> None:
        with pytest.raises(requests.RequestException):
            client.ask("GET", "/v1/version")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 5
    while simulator.faults.pending and time.monotonic() < deadline:
        pass
    began = time.monotonic()
    simulator.stop()
    assert time.monotonic() - began < 3.0
    for thread in threads:
        thread.join(5)
    client.close()
    simulator.stop()


def test_misuse_is_told() -> None:
    simulator = Simulator()
    with pytest.raises(RuntimeError, match="not running"):
        _ = simulator.endpoint
    with pytest.raises(ValueError, match="'all' is not a scope of eryph"):
        simulator.add_client("x", scopes=("all",))
    with pytest.raises(ValueError, match="there is no project 'dev'"):
        simulator.add_client("x", roles={"dev": "reader"})
    with pytest.raises(ValueError, match=r"API version \(2, 0\); there are \(1, 0\), \(1, 1\), \(1, 2\)"):
        Simulator(api_version=(2, 0))
    with simulator, pytest.raises(OSError, match="in use"):
        Simulator(port=simulator.port).start()


def test_it_can_be_started_again_and_remembers() -> None:
    simulator = Simulator(speed=0.0)
    with simulator:
        client = Raw(simulator)
        client.submit("POST", "/v1/catlets", {"configuration": {}})
        client.close()
    with simulator:
        client = Raw(simulator)
        assert len(client.get("/v1/operations")["value"]) == 1
        client.close()


def test_it_closes_what_it_accepts_while_it_stops() -> None:
    """A server that is closed while connections arrive would leave some open, which warns when they are collected."""
    for _ in range(5):
        simulator = Simulator().start()
        port = simulator.port
        connected: list[socket.socket] = []

        def connect(port: int = port, connected: list[socket.socket] = connected) -> None:
            with contextlib.suppress(OSError):
                while len(connected) < 200:
                    connected.append(socket.create_connection(("127.0.0.1", port), timeout=5))

        thread = threading.Thread(target=connect)
        thread.start()
        while len(connected) < 20 and thread.is_alive():
            time.sleep(0.001)
        simulator.stop()
        thread.join()
        for each in connected:
            each.close()
        gc.collect()
