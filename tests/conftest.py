"""Simulators and connections for all tests; a test that leaves a thread behind fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import rxeryph
from rxeryph.connecting import over
from rxeryph.polling import Batching, ErrorBudget, PollingSettings, activity, fixed
from rxeryph.retry import POLL_BUDGET
from rxeryph.simulator import Simulator
from rxeryph.tracking import Settling
from tests import two_ways
from tests.processes import can_be_interrupted
from tests.simulation import Raw
from tests.unit.journal.brokers import Broker

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # a test must not fail because the machine is slow


def pytest_addoption(parser: pytest.Parser) -> None:
    ways = [str(each) for each in Batching]
    parser.addoption(two_ways.OPTION, choices=ways, default="automatic", help="how the tests poll operations")
    parser.addoption(two_ways.JOURNAL, choices=["sqlite", "nats"], help="all streams are journaled")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "single_polls: about requests of one operation; skipped when lists replace them"
    )
    two_ways.choose(config)
    can_be_interrupted()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("single_polls") and two_ways.uses_lists():
        pytest.skip("it is about requests of one operation")


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2.0
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        for thread in left:
            thread.join(0.05)
    assert not left, f"threads left behind: {sorted(thread.name for thread in left)}"


@pytest.fixture(scope="session")
def broker_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """Its URL, if all streams are journaled there."""
    if two_ways.engine_of_journals() != "nats":
        yield None
        return
    with Broker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker.url


@pytest.fixture(autouse=True)
def the_chosen_way(
    broker_for_all: str | None, no_thread_left_behind: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setattr("rxeryph.polling.Chooser", two_ways.chooser)
    if two_ways.engine_of_journals() is None:
        yield
        return
    with two_ways.journals(broker_for_all) as url:
        monkeypatch.setenv("RXERYPH_JOURNAL", url)
        yield


@pytest.fixture
def simulator(eryph_simulator: Simulator) -> Simulator:
    """The simulator of rxeryph's own pytest plugin, which also gives ``eryph``, connected to it."""
    return eryph_simulator


@pytest.fixture
def stopped_clock() -> Iterator[Simulator]:
    """A simulator whose time passes only in ``advance``."""
    with Simulator(speed=0.0) as running:
        yield running


@pytest.fixture
def raw(stopped_clock: Simulator) -> Iterator[Raw]:
    with closing(Raw(stopped_clock)) as client:
        yield client


@pytest.fixture
def connect_to() -> Iterator[Callable[..., rxeryph.Eryph]]:
    """Connect to a simulator through the ordinary path; closed at the end of the test."""
    with ExitStack() as stack:

        def connect(simulator: Simulator, **arguments: Any) -> rxeryph.Eryph:
            given: dict[str, Any] = {
                "endpoint": simulator.endpoint,
                "client_id": simulator.client_id,
                "polling": fixed(0.02),
                "settle": 0.1,
                "error_budget": ErrorBudget(attempts=4, first=0.01),
            }
            if "client_secret" not in arguments:
                given["private_key"] = simulator.private_key
            return stack.enter_context(rxeryph.connect(**{**given, **arguments}))

        yield connect


@pytest.fixture
def settles_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """``rxeryph.connect`` and the command look for late log entries for a tenth of a second, not for a whole one."""
    quick = partial(rxeryph.connect, settle=0.1)
    monkeypatch.setattr(rxeryph, "connect", quick)
    polls = PollingSettings(activity(), POLL_BUDGET, Settling.of(0.1))
    monkeypatch.setattr("rxeryph.cli.connection.over", partial(over, polls=polls))
