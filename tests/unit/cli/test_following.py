"""Following an operation: whose time was up is not mixed up."""

from __future__ import annotations

import threading

import pytest

from rxeryph.cli.following import follow_one
from rxeryph.cli.views import make_view
from rxeryph.errors import OperationTimeoutError, RequestTimeoutError
from rxeryph.polling import ErrorBudget
from tests.unit.playing import BEGUN, STORY, playing


def test_a_request_that_took_too_long_is_not_the_callers_own_timeout() -> None:
    slow = RequestTimeoutError("no answer in time", method="GET", url="https://x")
    with playing(slow, error_budget=ErrorBudget(attempts=1)) as (stream, _), pytest.raises(RequestTimeoutError):
        follow_one(stream, make_view({"op": "web"}, as_json=True), 30.0)


def test_the_callers_timeout_says_how_to_go_on() -> None:
    gate = threading.Event()
    with playing(BEGUN, gate, *STORY) as (stream, _):
        with pytest.raises(OperationTimeoutError, match="rxeryph watch op") as caught:
            follow_one(stream, make_view({"op": "web"}, as_json=True), 0.1)
        assert caught.value.operation is not None
