"""``rxeryph operation``: what is listed, cancelled and printed, and what is refused."""

from __future__ import annotations

import io
import json
import time
from datetime import datetime, timedelta, timezone

import pytest

from rxeryph.client.operations import Operations
from rxeryph.errors import ServerError
from rxeryph.model import CancelRequest
from rxeryph.simulator import Hang, Simulator, Task

from .commands import Run


def newest(here: Run, status: str) -> str:
    return here("operation", "list", "--status", status, "--top", "1", "-o", "id")[1].strip()


@pytest.mark.parametrize("given", ["Failed,Completed", "failed, completed"])
def test_several_statuses_may_be_given_with_commas(here: Run, given: str) -> None:
    listed = here("operation", "list", "--status", given, "-o", "id")[1].split()
    apart = here("operation", "list", "-s", "Failed", "-s", "Completed", "-o", "id")[1].split()
    assert listed == apart != []


def test_a_wrong_status_is_shown_with_the_right_ones(here: Run) -> None:
    code, output, errors = here("operation", "list", "--status", "Failed,Done")
    assert (code, output) == (2, "")
    assert "'Done' is not one of Queued, Running, Completed, Failed, Cancelled." in errors


def test_a_project_that_does_not_exist_is_no_empty_list(here: Run) -> None:
    code, output, errors = here("operation", "list", "-p", "nope")
    assert (code, output) == (3, "")
    assert "No project has the name 'nope'" in errors
    code, output, errors = here("operation", "list", "-p", "default", "--status", "Queued")
    assert (code, output, errors) == (0, "No operations.\n", "")


def test_an_operation_that_has_ended_is_not_cancelled(here: Run) -> None:
    ended = newest(here, "Failed")
    code, output, errors = here("operation", "cancel", ended)
    assert (code, output) == (2, "")
    assert f"Operation {ended} is Failed already, so there is nothing to cancel." in errors
    error = json.loads(here("operation", "cancel", ended, "--json")[2])["error"]
    assert (error["operation_id"], error["exit_code"]) == (ended, 2)


def test_of_several_operations_those_that_run_are_cancelled(here: Run, signed_in: Simulator, endless: str) -> None:
    code, output, errors = here("operation", "cancel", newest(here, "Failed"), endless)
    assert (code, output) == (2, f"The server took the request to cancel operation {endless}.\n")
    assert f"To see what happens, run: rxeryph watch {endless}\n" in errors


def test_an_unknown_operation_among_several_stops_before_anything_is_sent(here: Run, endless: str) -> None:
    code, output, _ = here("operation", "cancel", endless, "00000000-0000-4000-8000-000000000001")
    assert (code, output) == (3, "")


@pytest.mark.parametrize(
    "arguments", [["operation", "wait"], ["operation", "cancel"], ["catlet", "delete"], ["catlet", "show"]]
)
def test_nothing_on_stdin_is_nothing_to_do(here: Run, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert here(*arguments, "-") == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "advice"), [(["--all", "@newest"], "Leave the ids out, or --all."), ([], "or --all.")]
)
def test_watch_takes_ids_or_all(here: Run, arguments: list[str], advice: str) -> None:
    code, _, errors = here("watch", *arguments)
    assert (code, errors.strip().endswith(advice)) == (2, True), errors
    assert ("Give" in errors) == (not arguments)


def test_an_operation_without_log_lines_is_no_riddle(here: Run, signed_in: Simulator) -> None:
    silent = signed_in.play(Task("T"))
    assert here("operation", "wait", silent)[0] == 0
    assert here("operation", "logs", silent) == (0, "", f"Operation {silent} has no log lines.\n")
    assert here("operation", "logs", silent, "--json") == (0, "", "")
    creation = here("operation", "list", "--resource", "web", "-o", "id")[1].split()[-1]
    _, output, errors = here("operation", "logs", creation, "--since", "2199-01-01T00:00Z")
    assert (output, errors.endswith(" has no such log lines.\n")) == ("", True)


@pytest.mark.parametrize("command", [("operation", "wait"), ("watch",), ("operation", "logs", "-f")])
def test_of_two_failures_at_once_the_worse_is_returned(here: Run, endless: str, command: tuple[str, ...]) -> None:
    failed, unknown = newest(here, "Failed"), "00000000-0000-4000-8000-000000000001"
    assert here(*command, failed, endless, "--timeout", "1")[0] == 1  # a failed operation, and the time is up
    code, _, errors = here(*command, unknown, endless, "--timeout", "1")
    assert code == 3  # an operation that does not exist, and the time is up
    assert unknown in errors


def test_a_request_that_is_refused_hides_no_other(
    here: Run, signed_in: Simulator, endless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, cancel = signed_in.play(Task("T", Hang())), Operations.cancel

    def refuse_one(self: Operations, operation_id: str) -> CancelRequest:
        if operation_id == refused:
            raise ServerError("Something broke.", status=500, method="PUT", url="")
        return cancel(self, operation_id)

    monkeypatch.setattr(Operations, "cancel", refuse_one)
    code, output, errors = here("operation", "cancel", endless, refused)
    assert (code, output) == (3, f"The server took the request to cancel operation {endless}.\n")
    assert "rxeryph: Something broke." in errors


def test_a_wait_says_why_an_operation_failed(here: Run) -> None:
    code, _, errors = here("operation", "wait", newest(here, "Failed"))
    assert code == 1
    assert "acme/missing/1.0 is not available" in errors


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows takes no time zone from the environment")
def test_a_person_sees_local_times(here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = newest(here, "Failed")
    ended = json.loads(here("operation", "show", failed, "--json")[1])["ended_at"]
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "EAST-5:30")
        time.tzset()
        _, output, _ = here("operation", "show", failed)
        local = datetime.fromisoformat(ended).astimezone(timezone(timedelta(hours=5.5)))
    time.tzset()
    assert f"ended         {local.isoformat(' ', 'seconds')} (after " in output
