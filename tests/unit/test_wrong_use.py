"""What is used wrongly fails at the call, with one sentence that says what is expected."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import rxeryph
from rxeryph import operators, polling, testing
from rxeryph.client import ComputeClient
from rxeryph.errors import ConfigurationError, InvalidRequestError
from rxeryph.events import Event
from rxeryph.model import CatletStatus, OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.streams import EventHandlers, OperationStream
from rxeryph.streams.names import named
from rxeryph.testing import operation
from tests.calls import ID
from tests.canned import Canned

rx: Any = rxeryph
ops: Any = operators
policies: Any = polling
handlers: Any = EventHandlers
STREAM: Any = testing.play({0: operation("Running"), 1: operation("Completed")})
OPERATIONS: Any = ComputeClient(Canned({"value": []})).operations
WRONG: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    # waiting
    'wait("10")': (
        lambda: STREAM.wait("10"),
        TypeError,
        "wait() needs 0 or more seconds, or None for no limit, not a str",
    ),
    "wait(-1)": (lambda: STREAM.wait(-1), ValueError, "wait() needs 0 or more seconds, or None for no limit, not -1"),
    "wait(nan)": (lambda: STREAM.wait(float("nan")), ValueError, "not nan"),
    "wait(print)": (lambda: STREAM.wait(print), TypeError, "not a builtin_function_or_method"),
    "wait(observer=print)": (
        lambda: STREAM.wait(observer=print),
        TypeError,
        "wait() needs an observer such as EventH",
    ),
    "wait(observer=EventHandlers)": (lambda: STREAM.wait(observer=EventHandlers), TypeError, "not the class EventH"),
    'iterate(timeout="1")': (lambda: rx.iterate(STREAM, "1"), TypeError, "iterate() needs 0 or more seconds"),
    'aiterate("x")': (lambda: rx.aiterate("x"), TypeError, "aiterate() needs an observable"),
    "iterate([])": (lambda: rx.iterate([]), TypeError, "iterate() needs an observable"),
    # subscribing
    'subscribe("print")': (lambda: STREAM.subscribe("print"), TypeError, "subscribe() needs functions, or an obs"),
    "subscribe(EventHandlers)": (lambda: STREAM.subscribe(EventHandlers), TypeError, "not the class EventHandlers"),
    'subscribe(print, "x")': (lambda: STREAM.subscribe(print, "x"), TypeError, "not a str"),
    "live.subscribe(7)": (lambda: STREAM.live.subscribe(7), TypeError, "not an int"),
    "pipe().subscribe(7)": (lambda: STREAM.pipe(ops.results()).subscribe(7), TypeError, "not an int"),
    'EventHandlers("x")': (lambda: handlers("x"), TypeError, "EventHandlers(on_error=...) needs a function"),
    # polling
    'stream.polling = "fast"': (
        lambda: setattr(STREAM, "polling", "fast"),
        TypeError,
        "such as polling.fixed(2), not",
    ),
    'fixed("2")': (lambda: policies.fixed("2"), TypeError, "seconds must be more than 0, not a str"),
    'connect(polling="fast")': (
        lambda: rx.connect(polling="fast"),
        ConfigurationError,
        "such as polling.fixed(2)",
    ),
    "ErrorBudget(2.5)": (lambda: rx.ErrorBudget(2.5), TypeError, "attempts must be at least 1, not 2.5"),
    'replay(speed="x")': (
        lambda: rx.replay("f", speed="x"),
        ConfigurationError,
        "speed must be more than 0, not a",
    ),
    'track_all("id")': (lambda: named("id", rx.Eryph.track), TypeError, "track_all() needs a list of operations"),
    # operators
    'throttle_logs("x")': (
        lambda: ops.throttle_logs("x"),
        TypeError,
        "throttle_logs needs more than 0 seconds, not a str",
    ),
    "throttle_logs": (lambda: STREAM.pipe(ops.throttle_logs), TypeError, "more than 0 seconds, not a PlayedStream"),
    "limit_logs(2.5)": (lambda: ops.limit_logs(2.5), TypeError, "limit_logs needs a count of 0 or more, not 2.5"),
    "limit_logs(True)": (lambda: ops.limit_logs(True), TypeError, "not a bool"),
    "batch_logs(1, 2.5)": (lambda: ops.batch_logs(1, 2.5), TypeError, "a count of 1 or more, not 2.5"),
    'observe_bounded("9")': (lambda: ops.observe_bounded("9"), TypeError, "a maxsize of 1 or more, not a str"),
    "merge([s])": (lambda: ops.merge([STREAM]), TypeError, "not a list: write merge(*streams)"),
    'merge("id")': (lambda: ops.merge("id"), TypeError, "merge() needs streams, each as an argument, not a str"),
    "then(stream)": (lambda: ops.then(STREAM), TypeError, "then() needs a function from a result to the next stream"),
    'with_status("Fialed")': (lambda: ops.with_status("Fialed"), ValueError, "Did you mean 'Failed'?"),
    'with_status("xyz")': (lambda: ops.with_status("xyz"), ValueError, "There are Queued, Running, "),
    # the client
    'list(status="Fialed")': (
        lambda: OPERATIONS.list(status="Fialed"),
        InvalidRequestError,
        "Did you mean 'Failed'?",
    ),
    'list(status=["runing"])': (lambda: OPERATIONS.list(status=["runing"]), InvalidRequestError, "mean 'Running'?"),
    'list(resource_type="Catlett")': (
        lambda: OPERATIONS.list(resource_type="Catlett"),
        InvalidRequestError,
        "Did you mean 'Catlet'?",
    ),
    'list(expand="logs")': (lambda: OPERATIONS.list(expand="logs"), InvalidRequestError, "a list of strings"),
    # results
    'get(expand="logs")': (lambda: OPERATIONS.get(ID, expand="logs"), InvalidRequestError, "a list of strings"),
    "bool(result)": (lambda: bool(OperationResult(operation("Failed"))), TypeError, "use result.succeeded"),
    'testing.operation("Fialed")': (lambda: operation("Fialed"), ValueError, "Did you mean 'Failed'?"),
}


@pytest.mark.parametrize("use", WRONG)
def test_wrong_use_fails_at_the_call_and_says_what_is_expected(use: str) -> None:
    call, error, words = WRONG[use]
    with pytest.raises(error) as caught:
        call()
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def test_right_use_works() -> None:
    seen: list[Event] = []
    stream: OperationStream = STREAM
    stream.polling = polling.fixed(1)
    assert stream.wait(0x100, EventHandlers().on(Event, seen.append)).succeeded
    assert seen
    stream.subscribe(print, None, print)
    stream.subscribe()
    assert list(rxeryph.iterate(stream, float("inf"))) == seen


def test_an_unknown_status_is_passed_on_purpose() -> None:
    paused = OperationStatus("Paused")
    ops.with_status(paused, "failed")
    assert OPERATIONS.list(status=[paused]) == ()
    with pytest.raises(ValueError, match="is not one of OperationStatus"):
        OperationStatus.named(CatletStatus.STOPPED)


BLOCKED = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from rxeryph.simulator import Simulator
Simulator()
"""


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_a_simulator_without_its_packages_says_what_to_install(package: str) -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED.format(package=package)], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert f'The simulator needs {package}. Run: python -m pip install "rxeryph[simulator]"' in last
    assert "No module named" not in done.stderr
