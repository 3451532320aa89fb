"""How following ends: with the end of the operations, or because the time is up, or the server is lost."""

from __future__ import annotations

import signal
import sys
import threading

import pytest

from rxeryph.cli.following import Following
from rxeryph.cli.options import Format
from rxeryph.cli.reporting import say
from rxeryph.cli.submitting import view_of
from rxeryph.errors import RequestTimeoutError, TransportError
from rxeryph.polling import ErrorBudget
from rxeryph.tracking import Settling
from tests.unit.playing import BEGUN, STORY, playing

REFUSED = TransportError("cannot connect", method="GET", url="https://x", may_have_arrived=False, was_refused=True)


def following(timeout: float | None = None, stalled: float | None = None) -> Following:
    return Following({"op": "web"}, " --client-id me", timeout, stalled)


def test_a_timeout_of_a_request_is_no_timeout_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    slow = RequestTimeoutError("no answer in time", method="GET", url="https://x")
    with playing(slow, error_budget=ErrorBudget(attempts=1)) as (stream, _):
        assert following(timeout=30.0).follow(stream, view_of({}, Format.ID)) == 3
    assert "no answer in time" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("limits", "reason"), [((0.2, None), "the time of 0.2 s is up"), ((None, 0.2), "nothing new has come for 0.2 s")]
)
def test_a_limit_shows_how_to_continue(
    limits: tuple[float | None, float | None], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = threading.Event()
    with playing(BEGUN, gate, *STORY) as (stream, _):
        assert following(*limits).follow(stream, view_of({}, Format.ID)) == 4
    errors = capsys.readouterr().err
    assert reason in errors
    assert "operation op has not ended. It is Queued." in errors
    assert errors.endswith("To continue watching, run: rxeryph watch op --client-id me\n")


def test_an_operation_that_has_ended_is_not_said_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    with playing(*STORY, settling=Settling(20.0, 30.0)) as (stream, _):
        assert following(timeout=0.4).follow(stream, view_of({}, Format.ID)) == 4
    assert "operation op is Completed, but more log lines may come." in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("cancels", [True, False])
def test_cancelling_is_offered_only_if_there_is_a_server(
    cancels: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    gate, watching = threading.Event(), following()
    watching.cancels = cancels

    def interrupt() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def said(line: str) -> None:
        say(line)
        if line.startswith("Press Ctrl-C again"):
            interrupt()

    monkeypatch.setattr("rxeryph.cli.following.say", said)
    timer = threading.Timer(0.2, interrupt)
    with playing(BEGUN, gate, *STORY) as (stream, _):
        timer.start()
        assert watching.follow(stream, view_of({}, Format.ID)) == 130
    timer.join()
    assert ("To cancel, run: rxeryph operation cancel op --client-id me" in capsys.readouterr().err) == cancels


def test_a_refused_poll_after_the_first_does_not_end_it() -> None:
    with playing(BEGUN, REFUSED, *STORY) as (stream, _):
        assert following().follow(stream, view_of({}, Format.ID)) == 0


def test_a_lost_server_shows_how_to_continue(capsys: pytest.CaptureFixture[str]) -> None:
    lost = TransportError("no route", method="GET", url="https://x")
    with playing(BEGUN, lost, error_budget=ErrorBudget(attempts=1)) as (stream, _):
        assert following().follow(stream, view_of({}, Format.ID)) == 3
    errors = capsys.readouterr().err
    assert errors.splitlines()[-1] == "To continue watching, run: rxeryph watch op --client-id me"
    assert "Check that eryph runs there" not in errors
