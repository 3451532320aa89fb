"""A submit is never doubled and never silently lost, whatever happens to the request or its answer."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rxeryph import ErrorBudget, Eryph
from rxeryph.client import submit as submit_module
from rxeryph.errors import (
    AccessDeniedError,
    ApiError,
    ClosedError,
    ConflictError,
    InvalidRequestError,
    ServerError,
    SubmissionUnknownError,
    ThrottledError,
    TransportError,
)
from rxeryph.retry import LOOK_UP
from rxeryph.simulator import Simulator
from rxeryph.simulator.web.faults import Faults

Connect = Callable[..., Eryph]
CREATE: dict[str, Any] = {"method": "POST", "path": "/v1/catlets$"}
LOOK: dict[str, Any] = {"method": "GET", "path": "/v1/operations/"}
DONE: dict[str, Callable[[Faults], None]] = {
    "reset": lambda faults: faults.reset(processed=True, **CREATE),
    "committed late": lambda faults: faults.reset(commit_after=0.5, **CREATE),
    "cut": lambda faults: faults.truncate(**CREATE),
    "a page": lambda faults: faults.reply(200, "<html>", content_type="text/html", processed=True, **CREATE),
    "408": lambda faults: faults.reply(408, processed=True, **CREATE),
    "500": lambda faults: faults.problem(500, processed=True, **CREATE),
    "deep JSON": lambda faults: faults.reply(
        202, "[" * 100_000, content_type="application/json", processed=True, **CREATE
    ),
    "no JSON": lambda faults: faults.reply(202, "{", content_type="application/json", processed=True, **CREATE),
    "a nonsense id": lambda faults: faults.reply(
        202, '{"id": "x", "status": "Queued"}', content_type="application/json", processed=True, **CREATE
    ),
    "520": lambda faults: faults.reply(520, processed=True, **CREATE),
    "599": lambda faults: faults.reply(599, processed=True, **CREATE),
    "504": lambda faults: faults.reply(504, processed=True, **CREATE),
}
NOT_DONE: dict[str, Callable[[Faults], None]] = {
    "reset": lambda faults: faults.reset(**CREATE),
    "500 of a proxy": lambda faults: faults.reply(500, **CREATE),
    "500 of the server": lambda faults: faults.problem(500, **CREATE),
}


def posts(simulator: Simulator) -> int:
    return sum(request.method == "POST" and request.path.endswith("/v1/catlets") for request in simulator.requests)


def looks(simulator: Simulator) -> list[int | None]:
    """The answers to all reads of single operations."""
    return [each.status for each in simulator.requests if each.method == "GET" and "/v1/operations/" in each.path]


def assert_done_once(simulator: Simulator, eryph: Eryph) -> None:
    simulator.advance(600)
    assert [catlet.name for catlet in eryph.catlets.list()] == ["web"]
    assert posts(simulator) == 1


def test_the_operation_has_the_id_that_was_sent(simulator: Simulator, eryph: Eryph) -> None:
    operation_id = str(uuid.uuid4())
    stream = eryph.catlets.create({"name": "web"}, correlation_id=operation_id.upper())
    assert stream.operation_id == operation_id
    for _ in range(3):
        stream.subscribe(lambda event: None)
    assert stream.wait(30).succeeded
    assert posts(simulator) == 1  # and subscribing sends no change


@pytest.mark.parametrize("fault", DONE)
def test_an_operation_whose_answer_was_lost_is_found(simulator: Simulator, eryph: Eryph, fault: str) -> None:
    DONE[fault](simulator.faults)
    assert eryph.catlets.create({"name": "web"}).wait(30).succeeded
    assert_done_once(simulator, eryph)


def test_an_answer_that_takes_too_long_is_looked_for(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, request_timeout=0.2)
    simulator.faults.delay(0.6, **CREATE)
    assert eryph.catlets.create({"name": "web"}).wait(30).succeeded
    assert_done_once(simulator, eryph)


@pytest.mark.parametrize("fault", NOT_DONE)
def test_an_operation_that_never_appears_is_named(
    simulator: Simulator, eryph: Eryph, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(submit_module, "LOOK_UP", replace(LOOK_UP, attempts=3, seconds=60.0, first=0.01))
    NOT_DONE[fault](simulator.faults)
    operation_id = str(uuid.uuid4())
    with pytest.raises(ApiError if fault == "500 of the server" else SubmissionUnknownError) as caught:
        eryph.catlets.create({"name": "web"}, correlation_id=operation_id)
    assert f"Operation {operation_id} was not found" in str(caught.value)
    assert caught.value.operation_id == operation_id
    assert looks(simulator) == [404, 404, 404]
    assert posts(simulator) == 1


@pytest.mark.parametrize(("status", "asked_for"), [(403, None), (503, 60.0)])
def test_a_look_that_is_refused_or_put_off_leaves_it_unknown(
    simulator: Simulator, eryph: Eryph, status: int, asked_for: float | None
) -> None:
    simulator.faults.reset(**CREATE)
    simulator.faults.reply(status, headers={} if asked_for is None else {"Retry-After": f"{asked_for:g}"}, **LOOK)
    with pytest.raises(SubmissionUnknownError) as caught:
        eryph.catlets.create({"name": "web"})
    assert caught.value.retry_after == asked_for
    assert isinstance(caught.value.__cause__, TransportError)
    assert looks(simulator) == [status]


def test_closing_ends_a_look(simulator: Simulator, eryph: Eryph) -> None:
    simulator.faults.reset(**CREATE)
    closing = threading.Timer(0.2, eryph.close)
    closing.start()
    with pytest.raises(ClosedError):
        eryph.catlets.create({"name": "web"})
    closing.join()


def test_a_change_without_an_id_is_not_repeated_after_it_may_have_arrived(simulator: Simulator, eryph: Eryph) -> None:
    catlet = eryph.catlets.create({"name": "web"}).wait(30).catlet
    simulator.faults.reset(processed=True, method="PUT", path="/start$")
    with pytest.raises(SubmissionUnknownError, match="before sending it again") as caught:
        eryph.catlets.start(catlet.id)
    assert caught.value.operation_id is None
    assert sum(request.path.endswith("/start") for request in simulator.requests) == 1


@pytest.mark.parametrize("status", [421, 425, 429, 503])
def test_a_refused_request_is_sent_again(simulator: Simulator, eryph: Eryph, status: int) -> None:
    simulator.faults.reply(status, headers={"Retry-After": "0.01"}, times=3, **CREATE)
    stream = eryph.catlets.create({"name": "web"})
    assert (posts(simulator), looks(simulator)) == (4, [])
    assert stream.wait(30).succeeded


@pytest.mark.parametrize(
    ("status", "asked_for", "error", "sent"),
    [
        (429, None, ThrottledError, 3),  # the budget is spent
        (503, 3600.0, ServerError, 1),  # the wait would be longer than the budget
        (400, None, InvalidRequestError, 1),
        (403, None, AccessDeniedError, 1),
        (409, None, ConflictError, 1),
    ],
)
def test_a_refusal_that_stays_is_raised(
    simulator: Simulator, connect_to: Connect, status: int, asked_for: float | None, error: type[ApiError], sent: int
) -> None:
    eryph = connect_to(simulator, error_budget=ErrorBudget(attempts=3, first=0.01))
    simulator.faults.reply(status, headers={} if asked_for is None else {"Retry-After": "3600"}, times=99, **CREATE)
    with pytest.raises(error) as caught:
        eryph.catlets.create({"name": "web"})
    assert caught.value.retry_after == asked_for
    assert (posts(simulator), looks(simulator)) == (sent, [])


@pytest.mark.parametrize("fault", ["no server", "no token"])
def test_what_certainly_did_not_arrive_is_sent_again_within_the_budget(
    simulator: Simulator, connect_to: Connect, fault: str
) -> None:
    eryph = connect_to(simulator, error_budget=ErrorBudget(attempts=3, first=0.01))
    if fault == "no server":
        simulator.stop()
    else:
        simulator.faults.reset(path="/connect/token$", times=3)
    with pytest.raises(TransportError) as caught:
        eryph.catlets.create({"name": "web"})
    assert (caught.value.may_have_arrived, caught.value.attempts) == (False, 3)
    assert posts(simulator) == 0
