"""A simulator starts, stops and restarts: what it keeps, what it loses, and where it is then."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import time
from collections.abc import Callable

import pytest
import requests

import rxeryph
from rxeryph.simulator import Cancellable, Log, Pause, Simulator, Task
from tests.simulation import Raw


def test_a_restart_keeps_rows_and_loses_work(raw: Raw) -> None:
    simulator = raw.simulator
    catlet_id, port, ended = raw.make_catlet(), simulator.port, simulator.play(Task("A"))
    simulator.advance(60.0)
    begun = simulator.play(Task("A", Cancellable(Pause(1.0)), Log("lost", late=5.0), Pause(5.0)))
    simulator.advance(3.0)
    before = raw.operation(begun)
    simulator.restart()
    assert simulator.port == port
    with Raw(simulator) as again:
        assert again.finish(begun) == before
        assert before["status"] == "Running"
        assert again.operation(ended)["status"] == "Completed"
        assert again.get(f"/v1/catlets/{catlet_id}")["name"] == "web"
        assert again.change("PUT", f"/v1/catlets/{catlet_id}/start")["status"] == "Completed"
        assert again.finish(begun, 26 * 3600.0)["status_message"] == "Operation timed out."


def test_a_reset_of_the_database_loses_every_operation(raw: Raw) -> None:
    catlet_id, begun = raw.make_catlet(), raw.simulator.play(Task("A", Pause(5.0)))
    raw.simulator.reset_database()
    with Raw(raw.simulator) as again:
        assert again.refusal("GET", f"/v1/operations/{begun}")[0] == 404
        again.simulator.advance(60.0)
        assert again.get("/v1/operations")["value"] == []
        assert again.get(f"/v1/catlets/{catlet_id}")["name"] == "web"


def test_work_continues_after_stop_and_start() -> None:
    simulator = Simulator(speed=0.0)
    with simulator:
        begun = simulator.play(Task("A", Pause(5.0)))
    with simulator, Raw(simulator) as raw:
        assert raw.finish(begun)["status"] == "Completed"


def test_a_restart_may_lead_to_another_port(raw: Raw) -> None:
    simulator = raw.simulator
    before = simulator.port
    simulator.restart(port=0)
    after = simulator.port
    assert after != before
    with Raw(simulator) as again:
        again.get("/v1/version")
    simulator.restart(port=before)
    assert simulator.port == before
    with pytest.raises(RuntimeError, match="running already"):
        simulator.start()
    simulator.stop()
    for use in (simulator.restart, lambda: simulator.endpoint):
        with pytest.raises(RuntimeError, match="not running"):
            use()
    simulator.start(port=after)
    assert simulator.port == after


def test_a_port_that_is_taken_is_refused_and_a_restart_to_it_changes_nothing(raw: Raw) -> None:
    with Simulator() as other:
        with pytest.raises(OSError, match="in use"):
            Simulator(port=other.port).start()
        with pytest.raises(OSError, match="in use"):
            raw.simulator.restart(port=other.port)
    raw.get("/v1/version")


def test_a_restart_keeps_the_certificate_and_its_file(connect_to: Callable[..., rxeryph.Eryph]) -> None:
    with Simulator(tls=True) as simulator:
        eryph = connect_to(simulator, verify=simulator.ca_file)
        before = simulator.ca_file
        simulator.restart()
        assert simulator.ca_file == before
        assert eryph.version().major == 1
        connect_to(simulator, verify=simulator.ca_file).version()
    assert simulator.ca_file is None


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


def test_it_closes_what_it_accepts_while_it_stops() -> None:
    """A server that closes while connections arrive could leave some open, which warns when they are collected."""
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
