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

CREATE: dict[str, Any] = {"method": "POST", "path": "/v1/catlets$"}
LOOK: dict[str, Any] = {"method": "GET", "path": "/v1/operations/"}
Connect = Callable[..., Eryph]


@pytest.fixture
def look_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation is looked for during 0.3 s, not 5 s."""
    monkeypatch.setattr(submit_module, "LOOK_UP", replace(LOOK_UP, seconds=0.3, first=0.05))


def posts(simulator: Simulator) -> int:
    return sum(request.method == "POST" and request.path.endswith("/v1/catlets") for request in simulator.requests)


def looks(simulator: Simulator) -> list[int | None]:
    """The answers to all reads of single operations."""
    return [each.status for each in simulator.requests if each.method == "GET" and "/v1/operations/" in each.path]


def catlets(simulator: Simulator, eryph: Eryph) -> list[str]:
    simulator.advance(600)
    return sorted(catlet.name for catlet in eryph.catlets.list())


def test_the_operation_has_the_id_that_was_sent(simulator: Simulator, eryph: Eryph) -> None:
    operation_id = str(uuid.uuid4())
    stream = eryph.catlets.create({"name": "web"}, correlation_id=operation_id.upper())
    assert stream.operation_id == operation_id
    assert posts(simulator) == 1


@pytest.mark.parametrize("fault", ["reset", "truncate", "html", "problem", "408", "500", "502", "504", "520"])
def test_an_operation_whose_answer_was_lost_is_found(simulator: Simulator, eryph: Eryph, fault: str) -> None:
    faults = simulator.faults
    if fault == "reset":
        faults.reset(processed=True, **CREATE)
    elif fault == "truncate":
        faults.truncate(**CREATE)
    elif fault == "html":
        faults.reply(200, "<html>", content_type="text/html", processed=True, **CREATE)
    elif fault == "problem":
        faults.problem(500, processed=True, **CREATE)
    else:
        faults.reply(int(fault), processed=True, **CREATE)
    stream = eryph.catlets.create({"name": "web"})
    assert stream.wait(30).succeeded
    assert catlets(simulator, eryph) == ["web"]
    assert posts(simulator) == 1


def test_a_commit_that_comes_late_is_waited_for(simulator: Simulator, eryph: Eryph) -> None:
    simulator.faults.reset(commit_after=0.5, **CREATE)
    assert eryph.catlets.create({"name": "web"}).wait(30).succeeded
    assert catlets(simulator, eryph) == ["web"]


def test_an_answer_that_takes_too_long_is_looked_for(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, request_timeout=0.2)
    simulator.faults.delay(0.6, **CREATE)
    assert eryph.catlets.create({"name": "web"}).wait(30).succeeded
    assert catlets(simulator, eryph) == ["web"]


@pytest.mark.usefixtures("look_up_soon")
@pytest.mark.parametrize("fault", ["reset", "500"])
def test_an_operation_that_never_appears_may_still_come(simulator: Simulator, eryph: Eryph, fault: str) -> None:
    if fault == "reset":
        simulator.faults.reset(**CREATE)
    else:
        simulator.faults.reply(500, **CREATE)  # without a problem document: from something in front of the server
    operation_id = str(uuid.uuid4())
    with pytest.raises(SubmissionUnknownError, match=f"Operation {operation_id} was not found") as caught:
        eryph.catlets.create({"name": "web"}, correlation_id=operation_id)
    assert (caught.value.operation_id, caught.value.retry_after) == (operation_id, None)
    assert isinstance(caught.value.__cause__, TransportError | ServerError)
    assert len(looks(simulator)) > 1
    assert posts(simulator) == 1
    assert catlets(simulator, eryph) == []


@pytest.mark.usefixtures("look_up_soon")
def test_an_error_the_server_explains_is_raised_after_a_look(simulator: Simulator, eryph: Eryph) -> None:
    operation_id = str(uuid.uuid4())
    simulator.faults.problem(500, **CREATE)
    with pytest.raises(ServerError, match=r"500 .*look for that operation") as caught:
        eryph.catlets.create({"name": "web"}, correlation_id=operation_id)
    assert operation_id in str(caught.value)
    assert len(looks(simulator)) > 1
    assert posts(simulator) == 1


@pytest.mark.parametrize(("status", "asked"), [(403, None), (503, 60.0)])
def test_a_look_that_is_refused_or_put_off_leaves_it_unknown(
    simulator: Simulator, eryph: Eryph, status: int, asked: float | None
) -> None:
    simulator.faults.reset(**CREATE)
    simulator.faults.reply(status, headers={} if asked is None else {"Retry-After": f"{asked:g}"}, **LOOK)
    with pytest.raises(SubmissionUnknownError) as caught:
        eryph.catlets.create({"name": "web"})
    assert caught.value.retry_after == asked
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
    assert [request.path for request in simulator.requests if request.path.endswith("/start")] == [
        f"/compute/v1/catlets/{catlet.id}/start"
    ]


@pytest.mark.parametrize("status", [421, 425, 429, 503])
def test_a_refused_request_is_sent_again(simulator: Simulator, eryph: Eryph, status: int) -> None:
    simulator.faults.reply(status, headers={"Retry-After": "0.01"}, times=3, **CREATE)
    stream = eryph.catlets.create({"name": "web"})
    assert (posts(simulator), looks(simulator)) == (4, [])
    assert stream.wait(30).succeeded


def test_a_refusal_that_stays_is_raised(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, error_budget=ErrorBudget(attempts=3, first=0.01))
    simulator.faults.reply(429, times=99, **CREATE)
    with pytest.raises(ThrottledError, match="429 Too Many Requests"):
        eryph.catlets.create({"name": "web"})
    assert posts(simulator) == 3


def test_a_server_that_asks_for_more_time_than_there_is_ends_the_call(simulator: Simulator, eryph: Eryph) -> None:
    simulator.faults.busy(retry_after=3600.0, **CREATE)
    with pytest.raises(ServerError) as caught:
        eryph.catlets.create({"name": "web"})
    assert caught.value.retry_after == 3600.0
    assert posts(simulator) == 1


def test_a_server_that_does_not_listen_is_tried_again_within_the_budget(connect_to: Connect) -> None:
    simulator = Simulator()
    with simulator:
        eryph = connect_to(simulator, error_budget=ErrorBudget(attempts=3, first=0.01))
        eryph.version()
    with pytest.raises(TransportError, match="cannot connect") as caught:
        eryph.catlets.create({"name": "web"})
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, InvalidRequestError), (403, AccessDeniedError), (409, ConflictError)],
)
def test_a_clear_no_is_not_repeated(simulator: Simulator, eryph: Eryph, status: int, kind: type[Exception]) -> None:
    simulator.faults.reply(status, **CREATE)
    with pytest.raises(kind):
        eryph.catlets.create({"name": "web"})
    assert posts(simulator) == 1


def test_a_token_that_cannot_be_had_means_that_nothing_was_sent(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, error_budget=ErrorBudget(attempts=2, first=0.01))
    simulator.faults.reset(path="/connect/token$", times=2)
    with pytest.raises(TransportError) as caught:
        eryph.catlets.create({"name": "web"})
    assert not isinstance(caught.value, SubmissionUnknownError)
    assert posts(simulator) == 0


def test_subscribing_never_sends_a_change(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.catlets.create({"name": "web"})
    for _ in range(3):
        stream.subscribe(lambda event: None)
    assert stream.wait(30).succeeded
    assert stream.wait(30).succeeded
    assert posts(simulator) == 1
