"""What a busy server does with a submit, second by second, in virtual time."""

from __future__ import annotations

import logging
import math
import pickle

import pytest

from rxeryph.client import Transport
from rxeryph.client.submit import submit
from rxeryph.errors import (
    ApiError,
    ClosedError,
    InvalidRequestError,
    NotFoundError,
    RequestTimeoutError,
    RxEryphError,
    ServerError,
    SubmissionUnknownError,
    TransportError,
)
from rxeryph.http import Patience
from rxeryph.model import Operation
from rxeryph.retry import REQUEST_BUDGET
from tests.calls import ID, OPERATION, OTHER

URL = "https://eryph/v1/catlets"
TIMEOUT = RequestTimeoutError("no answer in time.", method="POST", url=URL)
RESET = TransportError("the connection broke.", method="POST", url=URL)
UNCONNECTED = RequestTimeoutError("no connection in time.", method="POST", url=URL, may_have_arrived=False)
HANDSHAKE = TransportError("the TLS handshake failed.", method="POST", url=URL, may_have_arrived=False)


def refused(status: int, detail: str | None = None) -> ApiError:
    kind = ServerError if status >= 500 else ApiError
    return kind(f"{status}.", status=status, method="POST", url=URL, detail=detail)


class BusyServer(Transport):
    """Each submit gets the next of ``answers`` after so many seconds; the operation is there from ``appears`` on."""

    def __init__(self, *answers: tuple[float, object], appears: float = math.inf, closes: float = math.inf) -> None:
        self.budget = REQUEST_BUDGET
        self.time = 1000.0
        self.began = self.time
        self.looks: list[float] = []
        self.sent = 0
        self._answers = iter(answers)
        self._appears = appears
        self._closes = closes

    @property
    def endpoint(self) -> str:
        return "https://eryph"

    @property
    def passed(self) -> float:
        return self.time - self.began

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += seconds
        if self.passed >= self._closes:
            raise ClosedError("The connection was closed.")

    def send(self, method: str, path: str, body: object = None, patience: Patience | None = None) -> object:
        if method == "GET":
            self.looks.append(self.passed)
            if self.passed < self._appears:
                raise NotFoundError("404.", status=404, method=method, url=path)
            return OPERATION
        seconds, answer = next(self._answers)
        self.sent += 1
        assert patience is not None
        if answer not in (UNCONNECTED, HANDSHAKE):
            patience.sent_at = self.time
        self.time += seconds
        if isinstance(answer, Exception):
            raise answer
        return answer

    def submit(self, operation_id: str | None = ID) -> Operation:
        return submit(self, "POST", "/v1/catlets", {}, operation_id)


def failing(server: BusyServer, operation_id: str | None = ID) -> RxEryphError:
    with pytest.raises(RxEryphError) as caught:
        server.submit(operation_id)
    return caught.value


def test_a_submit_that_was_held_too_long_for_the_caller_is_found_until_35_s_after_sending() -> None:
    server = BusyServer((10.0, TIMEOUT), appears=34.0)
    assert server.submit().id == ID
    assert 34.0 <= server.passed <= 36.0


def test_a_submit_that_was_dropped_is_unknown_35_s_after_sending() -> None:
    server = BusyServer((20.0, UNCONNECTED), (10.0, TIMEOUT))  # what happens before it is sent does not count
    server.budget = REQUEST_BUDGET.__class__(seconds=60.0)
    error = failing(server)
    assert isinstance(error, SubmissionUnknownError)
    assert server.looks[-1] >= server.looks[0] + 25.0
    assert server.looks[-1] - server.looks[0] < 26.0
    gaps = [late - early for early, late in zip(server.looks, server.looks[1:], strict=False)]
    assert max(gaps[:2]) < max(gaps[3:]) <= 2.0  # they grow


def test_an_answer_that_did_not_come_in_45_s_is_still_looked_for() -> None:
    server = BusyServer((45.0, TIMEOUT), appears=48.0)
    assert server.submit().id == ID


@pytest.mark.parametrize("appears", [0.0, 3.0, math.inf])
def test_a_500_is_looked_for_at_once_and_again_within_5_s(appears: float) -> None:
    """The server gave up on its database after 30 s."""
    server = BusyServer((30.0, refused(500, "the database is locked")), appears=30.0 + appears)
    if appears < 5.0:
        assert server.submit().id == ID
    else:
        error = failing(server)
        assert type(error) is ServerError
        assert error.operation_id == ID
        assert f"Operation {ID} was not found, but may still appear: look for it before sending it again" in str(
            error
        )
    assert server.looks[0] == 30.0
    assert appears == 0.0 or 30.0 < server.looks[1] <= 35.0
    assert server.passed <= 35.1


@pytest.mark.parametrize("unsent", [UNCONNECTED, HANDSHAKE])
def test_a_connection_that_was_never_ready_is_tried_again(unsent: TransportError) -> None:
    server = BusyServer((1.0, unsent), (1.0, unsent), (0.1, OPERATION))
    assert server.submit().id == ID
    assert (server.sent, server.looks) == (3, [])
    error = failing(BusyServer(*[(1.0, unsent)] * 9))
    assert (type(error), error.operation_id) == (type(unsent), None)


def test_a_connection_closed_without_an_answer_is_looked_for_during_5_s() -> None:
    server = BusyServer((0.5, RESET))
    error = failing(server)
    assert isinstance(error, SubmissionUnknownError)
    assert error.operation_id == ID
    assert 5.0 <= server.passed <= 6.0
    assert BusyServer((0.5, RESET), appears=5.0).submit().id == ID


@pytest.mark.parametrize("status", [408, 500, 501, 502, 504, *range(520, 528), 598, 599])
def test_a_status_that_may_follow_acceptance_is_looked_for(status: int) -> None:
    assert BusyServer((0.1, refused(status)), appears=2.0).submit().id == ID
    error = failing(BusyServer((0.1, refused(status, "explained"))))
    assert (type(error), error.operation_id) == (type(refused(status)), ID)


@pytest.mark.parametrize(
    "answer", [{**OPERATION, "id": "nonsense"}, {**OPERATION, "id": OTHER}, {"id": ID}, None, [], 7], ids=repr
)
def test_an_answer_that_does_not_name_the_operation_is_looked_for(answer: object) -> None:
    assert BusyServer((0.1, answer), appears=2.0).submit().id == ID
    error = failing(BusyServer((0.1, answer)))
    assert error.operation_id == ID
    assert "Nothing was sent" not in str(error)


def test_without_an_id_the_error_says_what_to_check() -> None:
    for answer in (RESET, refused(500, "explained"), {**OPERATION, "id": "nonsense"}):
        server = BusyServer((0.1, answer))
        error = failing(server, None)
        assert (error.operation_id, server.looks) == (None, [])
        assert "check the resource it concerns, or the newest operations, before sending it again" in str(error)


def test_a_refusal_names_no_operation() -> None:
    refusal = InvalidRequestError("400.", status=400, method="POST", url=URL)
    server = BusyServer((0.1, refusal))
    assert failing(server) is refusal
    assert (refusal.operation_id, server.looks) == (None, [])


@pytest.mark.parametrize("when", ["during the request", "during the search"])
def test_a_closed_connection_leaves_the_id(when: str) -> None:
    closed = (1.0, ClosedError("The connection was closed."))
    error = failing(BusyServer(closed) if when == "during the request" else BusyServer((1.0, RESET), closes=2.0))
    assert isinstance(error, ClosedError)
    assert error.operation_id == ID
    assert f"look for operation {ID} before sending it again" in str(error)


def test_an_error_keeps_the_id_when_it_is_pickled() -> None:
    error = failing(BusyServer((0.1, refused(500, "explained"))))
    assert pickle.loads(pickle.dumps(error)) == error
    assert pickle.loads(pickle.dumps(error)).operation_id == ID


def test_while_it_waits_it_says_so_once_with_the_id(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rxeryph")
    BusyServer((10.0, TIMEOUT), appears=30.0).submit()
    (record,) = caplog.records
    assert record.levelno == logging.INFO
    assert ID in record.getMessage()
    caplog.clear()
    BusyServer((0.1, OPERATION)).submit()
    assert caplog.records == []
