"""A timeout of a request and the caller's own timeout are different errors."""

from __future__ import annotations

import threading

import pytest

from rxeryph.cli.following import follow_one
from rxeryph.cli.view import make_view
from rxeryph.errors import OperationTimeoutError, RequestTimeoutError
from rxeryph.polling import ErrorBudget
from tests.unit.playing import BEGUN, STORY, playing


def test_a_timeout_of_a_request_is_raised_as_such() -> None:
    slow = RequestTimeoutError("no answer in time", method="GET", url="https://x")
    with playing(slow, error_budget=ErrorBudget(attempts=1)) as (stream, _), pytest.raises(RequestTimeoutError):
        follow_one(stream, make_view({"op": "web"}, as_json=True), 30.0)


def test_the_callers_timeout_shows_how_to_continue_watching() -> None:
    gate = threading.Event()
    with playing(BEGUN, gate, *STORY) as (stream, _):
        with pytest.raises(OperationTimeoutError, match="rxeryph watch op") as caught:
            follow_one(stream, make_view({"op": "web"}, as_json=True), 0.1)
        assert caught.value.operation is not None
