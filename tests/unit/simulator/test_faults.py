"""The faults of a real network can be had on command, and a simulator ends at once whatever goes on."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import time

import pytest
import requests

from rxeryph.simulator import Simulator
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


def test_it_stops_at_once_while_requests_hang() -> None:
    simulator = Simulator().start()
    client = Raw(simulator)
    simulator.faults.hang(times=2)
    simulator.faults.delay(30.0)

    def ask() -> None:
        with pytest.raises(requests.RequestException):
            client.ask("GET", "/v1/version")

    threads = [threading.Thread(target=ask) for _ in range(3)]
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
    with pytest.raises(ValueError, match="no scope of eryph"):
        simulator.add_client("x", scopes=("all",))
    with pytest.raises(ValueError, match="no project 'dev'"):
        simulator.add_client("x", roles={"dev": "reader"})
    with pytest.raises(ValueError, match="speed"):
        Simulator(speed=-1)
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
