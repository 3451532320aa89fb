"""A server that restarts elsewhere, keys that change, clocks that differ, and secrets that never show."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import rxeryph
from rxeryph import Eryph
from rxeryph.cli.app import run
from rxeryph.credentials import ClientCredentials, Route, TokenSource, locate
from rxeryph.errors import TransportError
from rxeryph.events import PollFailed
from rxeryph.http import Http
from rxeryph.model import OperationStatus
from rxeryph.polling import ErrorBudget, fixed
from rxeryph.simulator import Fail, Pause, Simulator, Task

from .machines import Machine, key

Connect = Callable[..., Eryph]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """This very machine, with folders of its own."""
    machine = Machine(tmp_path)
    monkeypatch.chdir(machine.directory)
    monkeypatch.setattr("rxeryph.credentials.chain.this_machine", lambda: machine.environment)
    return machine


def announce(machine: Machine, simulator: Simulator) -> None:
    machine.run("local", simulator.identity_endpoint, key=simulator.private_key.encode(), name="eryph-identity")


@pytest.fixture
def connected() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_running_stream_follows_a_server_to_its_new_port(machine: Machine, connected: ExitStack) -> None:
    simulator = connected.enter_context(Simulator(speed=1.0))
    announce(machine, simulator)
    eryph = connected.enter_context(
        rxeryph.connect(polling=fixed(0.05), error_budget=ErrorBudget(attempts=100, first=0.05))
    )
    stream = eryph.track(simulator.play(Task("StartCatletCommand", Pause(3.0))))
    has_failed = threading.Event()
    stream.subscribe(lambda event: has_failed.set() if isinstance(event, PollFailed) else None)
    old = simulator.port
    simulator.stop()
    assert has_failed.wait(10)
    simulator.start(port=0)
    if simulator.port == old:
        pytest.skip("the system gave the same port again")
    announce(machine, simulator)
    assert stream.wait(30).status == OperationStatus.COMPLETED
    assert str(simulator.port) in repr(eryph)


def test_a_connection_to_a_stated_endpoint_looks_nothing_up(machine: Machine, connect_to: Connect) -> None:
    with Simulator() as simulator, Simulator() as other:
        announce(machine, other)
        eryph = connect_to(simulator)
        eryph.version()
        simulator.stop()
        with pytest.raises(TransportError):
            eryph.version()
        assert other.requests == ()


def test_a_change_that_may_have_arrived_is_not_sent_to_the_new_place(machine: Machine, connected: ExitStack) -> None:
    old, new = connected.enter_context(Simulator()), connected.enter_context(Simulator())
    announce(machine, old)
    eryph = connected.enter_context(rxeryph.connect(error_budget=ErrorBudget(attempts=2, first=0.01)))
    eryph.version()
    announce(machine, new)
    old.faults.reset(method="PUT", times=1)
    with pytest.raises(rxeryph.errors.SubmissionUnknownError):
        eryph.catlets.start("0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11")
    assert not [request for request in new.requests if request.method == "PUT"]


def test_a_get_that_starts_an_operation_is_not_sent_to_the_new_place_either(
    machine: Machine, connected: ExitStack
) -> None:
    old, new = connected.enter_context(Simulator()), connected.enter_context(Simulator())
    announce(machine, old)
    eryph = connected.enter_context(rxeryph.connect())
    eryph.version()
    announce(machine, new)
    old.faults.reset(method="GET", path="guest-services", times=1)
    with pytest.raises(rxeryph.errors.SubmissionUnknownError):
        eryph.guest_services.status("0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11")
    assert not [request for request in new.requests if "guest-services" in request.path]


def test_a_key_that_changes_is_read_again(machine: Machine, connected: ExitStack) -> None:
    simulator = connected.enter_context(Simulator())
    announce(machine, simulator)
    key_file = machine.server("local") / "private" / "clients" / "system-client.key"
    key_file.write_text(key(9))  # left by an earlier server
    eryph = connected.enter_context(rxeryph.connect())
    key_file.write_text(simulator.private_key)
    assert str(eryph.version()) == "1.2"


def test_many_failures_look_once(machine: Machine) -> None:
    looks = []
    with Simulator() as simulator:
        announce(machine, simulator)
        found = locate()
        assert found.look_again is not None
        look = found.look_again

        def counted() -> rxeryph.credentials.Whereabouts:
            looks.append(1)
            return look()

        object.__setattr__(found, "look_again", counted)
        now = [10.0]
        route = Route(Http(), found, clock=lambda: now[0])
        assert [route.relocate(route.site) for _ in range(20)] == [False] * 20
        assert len(looks) == 1
        now[0] += 1.5
        route.relocate(route.site)
        assert len(looks) == 2


def test_tokens_of_two_seconds_last_for_a_longer_operation(connect_to: Connect) -> None:
    with Simulator(speed=1.0, token_lifetime=2.0, token_skew=0.0) as simulator:
        eryph = connect_to(simulator, polling=fixed(0.1))
        began = time.monotonic()
        result = eryph.track(simulator.play(Task("StartCatletCommand", Pause(10.0)))).wait(60)
        assert result.succeeded
        assert time.monotonic() - began > 9
        asked = sum(request.path.endswith("/connect/token") for request in simulator.requests)
        assert 5 <= asked <= 12


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_wrong_by_hours_is_corrected_by_the_servers(simulator: Simulator, hours: int) -> None:
    tokens = TokenSource(
        Http(),
        simulator.identity_endpoint,
        ClientCredentials.of(simulator.client_id, simulator.private_key),
        wall=lambda: time.time() + hours * 3600,
    )
    assert tokens.token()
    assert "compute:write" in tokens.scopes


def test_no_secret_shows_anywhere(
    machine: Machine,
    connected: ExitStack,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    simulator = connected.enter_context(Simulator(speed=200.0))
    machine.variables |= {
        "ERYPH_IDENTITY_ENDPOINT": simulator.identity_endpoint,
        "ERYPH_CLIENT_ID": simulator.client_id,
        "ERYPH_CLIENT_SECRET": simulator.client_secret,
    }
    assert run(["whereami"]) == run(["whereami", "--json"]) == 0
    found = locate()
    eryph = connected.enter_context(rxeryph.connect(polling=fixed(0.02)))
    stream = eryph.track(simulator.play(Task("StartCatletCommand", Fail("no"))))
    stream.pipe(rxeryph.operators.record(tmp_path / "seen.ndjson")).subscribe(lambda event: None, lambda error: None)
    result = stream.wait(30)
    simulator.faults.reply(401, path="/v1/version$", times=2)
    with pytest.raises(rxeryph.errors.AccessDeniedError) as denied:
        eryph.version()
    machine.variables |= {"ERYPH_CLIENT_SECRET": "hunter2hunter2"}
    assert run(["whereami"]) == 3
    machine.variables.clear()
    announce(machine, simulator)
    file = machine.store(machine.directory, "default", {"defaultClientId": "x", "clients": [{"id": "x"}]}, {"x": "?"})
    assert run(["whereami"]) == 2
    file.unlink()
    assert run(["whereami"]) == 0
    token = eryph._transport.tokens.token()
    texts = [repr(each) for each in (found, eryph, eryph._transport, eryph._transport.tokens, result, denied.value)]
    texts += [repr(machine.environment), repr(vars(denied.value)), repr(locate()), caplog.text, *capfd.readouterr()]
    texts.append((tmp_path / "seen.ndjson").read_text())
    body = simulator.private_key.splitlines()[1]
    for text in texts:
        for hidden in (simulator.client_secret, "hunter2hunter2", token, body, "-----BEGIN"):
            assert hidden not in text


def test_whereami_lists_the_places_and_what_it_found(
    machine: Machine, connected: ExitStack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["whereami", "--json"]) == 2
    places = json.loads(capsys.readouterr().out)["places"]
    assert {"place": "ERYPH_CLIENT_ID", "reason": "not set"} in places
    simulator = connected.enter_context(Simulator())
    announce(machine, simulator)
    assert run(["whereami", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["configuration"], told["client_id"], told["server_version"]) == ("local", "system-client", "1.2")
    assert told["compute_endpoint"] == simulator.compute_endpoint
    assert "compute:write" in told["scopes"]
    assert run(["whereami", "--offline"]) == 0
    shown = capsys.readouterr().out
    assert "Client id            system-client" in shown
    assert "Places without an answer:" in shown
