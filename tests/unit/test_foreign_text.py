"""No text from elsewhere controls a terminal: it is escaped for people, and kept as it came in values."""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from rxeryph.cli import app
from rxeryph.cli.output.json_lines import JsonView
from rxeryph.cli.view import View
from rxeryph.cli.view.live import LiveView
from rxeryph.cli.view.plain import PlainView
from rxeryph.client.replies import accept
from rxeryph.errors import ApiError, ConfigurationError, OperationFailedError, RxEryphError, TransportError
from rxeryph.events import (
    AnyEvent,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
)
from rxeryph.http import Reply
from rxeryph.model import LogEntry, Operation, OperationResource, OperationStatus, Project, ResourceType, Task
from rxeryph.model.text import escaped, escaped_json, one_line, quoted
from rxeryph.outcome import OperationResult
from tests.unit.samples import ERRORS

EVIL = "\x1b]0;evil\x07\x1b[2J\x9b31m\u202egpj\u2066\u200b\x7f\r\nforged line\u2028\ud800"
"""A title bar, an empty screen, colours in two ways, a reversed line, and a second line."""

ROOT = Task("t" + EVIL, "op", "C", OperationStatus.FAILED, f"Create {EVIL}")
LEAF = Task("u", ROOT.id, "PrepareGeneCommand", OperationStatus.FAILED, EVIL, progress=42)
RUNNING = Task("r", ROOT.id, "C", OperationStatus(EVIL), EVIL)
OPERATION = Operation(
    "op",
    OperationStatus.FAILED,
    status_message=EVIL,
    requested_by=EVIL,
    tasks=(ROOT, LEAF, RUNNING),
    log_entries=(LogEntry("l", "u", EVIL, 0),),
    resources=(OperationResource("r", EVIL, ResourceType(EVIL)),),
    projects=(Project(EVIL, EVIL, "tenant"),),
)
RESULT = OperationResult(OPERATION)
UNDER_WAY = replace(OPERATION, status=OperationStatus("Paused" + EVIL))
EVENTS: tuple[AnyEvent, ...] = (
    StatusChanged("op", UNDER_WAY, UNDER_WAY.status),
    *(TaskAdded("op", UNDER_WAY, replace(each, status=OperationStatus.RUNNING)) for each in (ROOT, LEAF)),
    ResourceAdded("op", UNDER_WAY, OPERATION.resources[0]),
    LogEntryAdded("op", UNDER_WAY, OPERATION.log_entries[0]),
    PollFailed("op", UNDER_WAY, TransportError(EVIL, method="GET", url=EVIL), 1, 2.0),
    OperationFinished("op", OPERATION, RESULT),
)


def assert_harmless(text: str) -> None:
    assert [each for each in text if not each.isprintable()] == []


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_what_is_escaped_is_printable_and_stays_as_it_is(text: str) -> None:
    for shown in (escaped(text), one_line(text), quoted(text)):
        assert_harmless(shown)
    assert one_line(one_line(text)) == one_line(text)
    written = escaped_json(json.dumps(text, ensure_ascii=False))
    assert_harmless(written)
    assert json.loads(written) == text


def test_ordinary_text_in_any_language_is_shown_as_it_is() -> None:
    text = "Größe: 42 % – שלום 你好 🚀"
    assert escaped(text) == one_line(f" {text}\n") == text


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_the_message_of_every_error_is_one_harmless_line(error: RxEryphError) -> None:
    taken = inspect.signature(type(error)).parameters
    members = {name: value for name, value in vars(error).items() if name in taken}
    hostile = type(error)(EVIL, **members)
    assert_harmless(str(hostile))
    assert "forged line" in str(hostile)


@pytest.mark.parametrize(
    "problem",
    [{"title": EVIL}, {"detail": EVIL}, {"title": "x", "errors": {EVIL: [EVIL]}}, {"detail": EVIL, "traceId": EVIL}],
)
@pytest.mark.parametrize("status", [400, 404, 500, 599])
def test_a_problem_document_is_escaped_in_the_message_and_kept_in_the_error(
    problem: dict[str, object], status: int
) -> None:
    with pytest.raises(ApiError) as caught:
        accept(Reply(status, {}, json.dumps(problem).encode()), "GET", "https://x")
    assert_harmless(str(caught.value))
    assert EVIL in (caught.value.title, caught.value.detail, *caught.value.errors)


def test_a_failed_operation_is_shown_without_control_characters() -> None:
    with pytest.raises(OperationFailedError) as caught:
        RESULT.raise_for_status()
    assert_harmless(str(caught.value))
    report = RESULT.report()
    for line in [*str(report).splitlines(), *report.warnings]:
        assert_harmless(line)
    assert str(report).count("forged line") > 5
    assert not any(line.startswith("forged line") for line in str(report).splitlines())
    assert report.to_dict()["status_message"] == RESULT.status_message == EVIL


@pytest.mark.parametrize("view", [PlainView, JsonView])
def test_a_line_of_a_view_is_harmless(
    capsys: pytest.CaptureFixture[str], view: Callable[[dict[str, str]], View]
) -> None:
    show(view({"op": f"web{EVIL}"}))
    shown = capsys.readouterr().out
    assert "forged line" in shown
    for line in shown.splitlines():
        assert_harmless(line)
        if view is not PlainView:
            assert json.loads(line)["operation_id"] == "op"
    if view is not PlainView:
        assert EVIL in [json.loads(line).get("entry", {}).get("message") for line in shown.splitlines()]


def test_the_live_view_is_drawn_by_rich_alone() -> None:
    file = io.StringIO()
    show(LiveView(Console(file=file, force_terminal=True, width=200, color_system=None), {"op": f"web{EVIL}"}))
    shown = file.getvalue()
    assert "forged line" in shown
    for sequence in ("\x1b]0", "\x1b[2J", "\x9b", "\u202e", "\u2066", "\u200b", "\x7f", "\nforged", "\ud800"):
        assert sequence not in shown


def show(view: View) -> None:
    with view:
        for event in EVENTS:
            view.show(event)
            view.tick()
        view.summary({"op": RESULT})


def test_an_error_on_stderr_is_one_harmless_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(arguments: object, *, as_json: bool) -> int:
        raise ConfigurationError(EVIL)

    monkeypatch.setattr(app, "_invoke", fail)
    assert app.run([]) == 2
    output = capsys.readouterr().err
    assert_harmless(output.removesuffix("\n"))
