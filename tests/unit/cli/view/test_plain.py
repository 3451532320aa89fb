"""Lines for pipes and files."""

from __future__ import annotations

import json

import pytest

from rxeryph.cli.output.json_lines import JsonView
from rxeryph.cli.view import make_view
from rxeryph.cli.view.plain import PlainView
from rxeryph.errors import OperationTimeoutError

from .scenes import DIGEST, EVENTS, show


def test_each_line_and_each_change_is_printed_once_and_complete(capsys: pytest.CaptureFixture[str]) -> None:
    show(PlainView({"op": "web"}))
    lines = [line.partition("s  ")[2] for line in capsys.readouterr().out.splitlines()]
    gene = "Preparing gene volume::gene:a/b/1.0:sda[hyperv/amd64]"
    assert lines[:-3] == [
        "web  [Running]",
        "web  [Running: Create catlet web]",
        f"web  [Running: {gene}]",
        f"web  Processing [red] (sha256:{DIGEST}) more",
        "web  Downloading: 12.50 MiB / 600.00 MiB => 2.1% completed",
        "web  no route. Retrying in 2.0 s.",
        "web  The server responds again after 1 failed poll.",
        "web  [Failed]",
    ]


def test_the_summary_has_the_reason_and_the_next_command(capsys: pytest.CaptureFixture[str]) -> None:
    show(PlainView({"op": "web"}, options=" --client-id me"))
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "",
        "web  Failed       32.8 s  Find [space]: no space",
        "To see more of web, run: rxeryph operation show op --client-id me",
    ]


def test_no_status_is_printed_that_no_server_reported(capsys: pytest.CaptureFixture[str]) -> None:
    show(PlainView({"op": "web"}), (EVENTS[6], EVENTS[2]))
    assert "[" not in capsys.readouterr().out


def test_an_operation_is_named_while_the_view_runs(capsys: pytest.CaptureFixture[str]) -> None:
    view = PlainView({})
    view.name("op", "a longer name")
    show(view, EVENTS[:1])
    assert "  a longer name  [Running]" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["o", "a"])
def test_a_name_may_be_the_beginning_of_the_id(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(PlainView({"op": name}))
    assert f"{name}  [Running]" in capsys.readouterr().out
    show(JsonView({"op": name}))
    assert {json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()} == {name}


def test_json_has_the_name_next_to_the_id(capsys: pytest.CaptureFixture[str]) -> None:
    view = JsonView({"op": "web", "01234567-89": "01234567"})
    show(view)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [[*event][:3] for event in events] == [["type", "operation_id", "name"]] * len(EVENTS)
    assert {event["name"] for event in events} == {"web"}


def test_without_a_name_json_has_no_such_member(capsys: pytest.CaptureFixture[str]) -> None:
    show(JsonView({"op": "op"}), EVENTS[:1])
    assert "name" not in json.loads(capsys.readouterr().out)


def test_a_pipe_and_a_dumb_terminal_get_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(make_view({}), PlainView)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_view({}), PlainView)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OperationTimeoutError("The time is up.", operation_id="op")])
def test_what_has_failed_says_why_if_others_have_not_ended(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    def watch() -> None:
        with PlainView({"op": "web"}) as view:
            for event in EVENTS:
                view.show(event)
            raise error

    with pytest.raises(type(error)):
        watch()
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "web failed: Find [space]: no space",
        "To see more of web, run: rxeryph operation show op",
    ]
