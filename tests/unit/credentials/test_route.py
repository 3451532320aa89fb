"""A server that moves is found again, and a change that may have arrived is not sent to the new address."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

import rxeryph
from rxeryph import Eryph
from rxeryph.credentials import Found, Route, find
from rxeryph.errors import SubmissionUnknownError, TransportError
from rxeryph.events import PollFailed
from rxeryph.http import Http
from rxeryph.model import OperationStatus
from rxeryph.polling import fixed
from rxeryph.retry import ErrorBudget
from rxeryph.simulator import Pause, Simulator, Task

from .machines import Machine, announce, key

CATLET = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_a_running_stream_follows_a_server_to_its_new_port(this_machine: Machine, stack: ExitStack) -> None:
    simulator = stack.enter_context(Simulator(speed=1.0))
    announce(this_machine, simulator)
    budget = ErrorBudget(attempts=100, first=0.05, maximum=0.05)
    eryph = stack.enter_context(rxeryph.connect(polling=fixed(0.05), error_budget=budget))
    stream = eryph.track(simulator.play(Task("StartCatletCommand", Pause(3.0))))
    has_failed = threading.Event()
    stream.subscribe(lambda event: has_failed.set() if isinstance(event, PollFailed) else None)
    old = simulator.port
    simulator.stop()
    assert has_failed.wait(10)
    simulator.start(port=0)
    if simulator.port == old:
        pytest.skip("the system gave the same port again")
    announce(this_machine, simulator)
    assert stream.wait(30).status == OperationStatus.COMPLETED
    assert str(simulator.port) in repr(eryph)


def test_a_given_endpoint_is_never_searched_again(this_machine: Machine, connect_to: Callable[..., Eryph]) -> None:
    with Simulator() as simulator, Simulator() as other:
        announce(this_machine, other)
        eryph = connect_to(simulator)
        eryph.version()
        simulator.stop()
        with pytest.raises(TransportError):
            eryph.version()
        assert other.requests == ()


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("PUT", lambda eryph: eryph.catlets.start(CATLET)),
        ("GET", lambda eryph: eryph.guest_services.status(CATLET)),  # it starts an operation too
    ],
)
def test_a_request_that_may_have_been_carried_out_is_not_sent_to_the_new_address(
    this_machine: Machine, stack: ExitStack, method: str, change: Callable[[Eryph], object]
) -> None:
    old, new = stack.enter_context(Simulator()), stack.enter_context(Simulator())
    announce(this_machine, old)
    eryph = stack.enter_context(rxeryph.connect(error_budget=ErrorBudget(attempts=2, first=0.01)))
    eryph.version()
    announce(this_machine, new)
    old.faults.reset(method=method, path=CATLET)
    with pytest.raises(SubmissionUnknownError):
        change(eryph)
    assert not [request for request in new.requests if CATLET in request.path]


def test_a_key_that_changes_is_read_again(this_machine: Machine, stack: ExitStack) -> None:
    simulator = stack.enter_context(Simulator())
    announce(this_machine, simulator)
    key_file = this_machine.server("local") / "private" / "clients" / "system-client.key"
    key_file.write_text(key(9))  # left by an earlier server
    eryph = stack.enter_context(rxeryph.connect())
    key_file.write_text(simulator.private_key)
    assert str(eryph.version()) == "1.2"


def test_many_failures_search_once_a_second(this_machine: Machine) -> None:
    this_machine.run("local", "https://localhost:4711/identity", key=key().encode())
    searches = []

    def look_again() -> Found:
        searches.append(1)
        return find()

    now = 10.0
    route = Route(Http(), replace(find(), look_again=look_again), clock=lambda: now)
    assert [route.relocate(route.site) for _ in range(20)] == [False] * 20
    assert len(searches) == 1
    now += 1.5
    assert not route.relocate(route.site)
    assert len(searches) == 2
    lost = route.site
    now += 1.5
    this_machine.run("local", "https://localhost:4712/identity", key=key().encode())
    assert [route.relocate(lost) for _ in range(3)] == [True] * 3
    assert len(searches) == 3
    assert route.site.endpoints.compute == "https://localhost:4712/compute"
    now += 1.5
    (this_machine.server("local") / ".lock").unlink()
    assert not route.relocate(route.site)  # it may come back
