"""A submit is never doubled and never silently lost, whatever happens to the request or its answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from rxeryph import ErrorBudget, Eryph
from rxeryph.client import submit as submit_module
from rxeryph.errors import (
    AccessDeniedError,
    ConflictError,
    InvalidRequestError,
    ServerError,
    SubmissionUnknownError,
    ThrottledError,
    TransportError,
)
from rxeryph.simulator import Simulator

CREATE: dict[str, Any] = {"method": "POST", "path": "/v1/catlets$"}
Connect = Callable[..., Eryph]


def posts(simulator: Simulator) -> int:
    return sum(request.method == "POST" and request.path.endswith("/v1/catlets") for request in simulator.requests)


def catlets(simulator: Simulator, eryph: Eryph) -> list[str]:
    simulator.advance(600)
    return sorted(catlet.name for catlet in eryph.catlets.list())


def test_the_operation_has_the_id_that_was_sent(simulator: Simulator, eryph: Eryph) -> None:
    wish = str(uuid.uuid4())
    stream = eryph.catlets.create({"name": "web"}, correlation_id=wish.upper())
    assert stream.operation_id == wish
    assert posts(simulator) == 1


@pytest.mark.parametrize("fault", ["reset", "truncate", "502", "504", "html"])
def test_an_answer_lost_after_the_work_is_found_again(simulator: Simulator, eryph: Eryph, fault: str) -> None:
    faults = simulator.faults
    if fault == "reset":
        faults.reset(processed=True, **CREATE)
    elif fault == "truncate":
        faults.truncate(**CREATE)
    elif fault == "html":
        faults.reply(200, "<html>", content_type="text/html", processed=True, **CREATE)
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


def test_what_cannot_be_known_is_said_and_not_repeated(
    simulator: Simulator, eryph: Eryph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit_module, "GRACE", 0.3)
    simulator.faults.reset(**CREATE)
    wish = str(uuid.uuid4())
    with pytest.raises(SubmissionUnknownError, match=wish) as caught:
        eryph.catlets.create({"name": "web"}, correlation_id=wish)
    assert caught.value.operation_id == wish
    assert isinstance(caught.value.__cause__, TransportError)
    assert posts(simulator) == 1
    assert catlets(simulator, eryph) == []


def test_a_change_without_an_id_is_not_repeated_after_it_may_have_arrived(simulator: Simulator, eryph: Eryph) -> None:
    catlet = eryph.catlets.create({"name": "web"}).wait(30).catlet
    simulator.faults.reset(processed=True, method="PUT", path="/start$")
    with pytest.raises(SubmissionUnknownError, match="before sending it again") as caught:
        eryph.catlets.start(catlet.id)
    assert caught.value.operation_id is None
    assert [request.path for request in simulator.requests if request.path.endswith("/start")] == [
        f"/compute/v1/catlets/{catlet.id}/start"
    ]


@pytest.mark.parametrize("status", [429, 503])
def test_a_refused_request_is_sent_again_when_the_server_wishes(
    simulator: Simulator, eryph: Eryph, status: int
) -> None:
    simulator.faults.reply(status, headers={"Retry-After": "0.01"}, times=3, **CREATE)
    assert eryph.catlets.create({"name": "web"}).wait(30).succeeded
    assert posts(simulator) == 4
    assert catlets(simulator, eryph) == ["web"]


def test_a_refusal_that_stays_is_told(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, error_budget=ErrorBudget(attempts=3, first=0.01))
    simulator.faults.reply(429, times=99, **CREATE)
    with pytest.raises(ThrottledError, match="429 Too Many Requests"):
        eryph.catlets.create({"name": "web"})
    assert posts(simulator) == 3


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
    [(400, InvalidRequestError), (403, AccessDeniedError), (409, ConflictError), (500, ServerError)],
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
