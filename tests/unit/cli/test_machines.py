"""What programs get: documents on stdout, errors as documents on stderr, ids, and exit codes."""

from __future__ import annotations

import io
import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from rxeryph.cli import exit_codes
from rxeryph.cli.app import run
from rxeryph.cli.output import nouns
from rxeryph.cli.output.machines import json_line, json_text, yaml_text
from rxeryph.cli.output.table import table
from rxeryph.retry import ErrorBudget
from rxeryph.simulator import Log, Simulator, Task

from .commands import Run, config


def test_objects_are_one_document(here: Run) -> None:
    listed = json.loads(here("catlet", "list", "--json")[1])
    assert [each["name"] for each in listed] == ["db", "web"]
    shown = json.loads(here("catlet", "show", "web", "-o", "json")[1])
    assert (shown["name"], shown["memory_startup"]) == ("web", 1024)
    assert yaml.safe_load(here("catlet", "show", "web", "-o", "yaml")[1]) == shown
    assert [each["name"] for each in json.loads(here("catlet", "show", "web", "db", "--json")[1])] == ["web", "db"]
    assert here("catlet", "show", "web", "-o", "id")[1] == f"{shown['id']}\n"
    assert json.loads(here("catlet", "config", "web", "--json")[1])["name"] == "web"
    assert json.loads(here("project", "list", "--json")[1])[0]["name"] == "default"


def test_a_stream_is_one_line_per_event_with_the_name_next_to_the_id(here: Run) -> None:
    code, output, errors = here("catlet", "start", "web", "db", "--json")
    assert (code, errors) == (0, "")
    events = [json.loads(line) for line in output.splitlines()]
    assert [(each["type"], each["name"]) for each in events[:2]] == [("submitted", "web"), ("submitted", "db")]
    names = {each["operation_id"]: each["name"] for each in events}
    assert sorted(names.values()) == ["db", "web"]
    assert all(list(each)[:3] == ["type", "operation_id", "name"] for each in events)
    assert [each["result"]["status"] for each in events if each["type"] == "finished"] == ["Completed"] * 2
    documents = yaml.safe_load_all(here("catlet", "stop", "web", "-o", "yaml")[1])
    assert [each["type"] for each in documents][::100][0] == "submitted"


def test_ids_are_all_that_is_printed_and_may_be_piped(here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output, errors = here("catlet", "start", "web", "db", "-o", "id")
    assert (code, len(output.splitlines()), errors) == (0, 2, "")
    monkeypatch.setattr("sys.stdin", io.StringIO(output))
    code, output, _ = here("operation", "wait", "-", "-o", "json")
    assert (code, [each["status"] for each in json.loads(output)]) == (0, ["Completed", "Completed"])


ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n"


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["catlet", "config", "web"], ID),
        (["network", "config", "default"], ID),
        (["catlet", "expand", "FILE"], ID),
        (["catlet", "variables", "FILE"], ID),
        (["create", "FILE", "--dry-run"], ID),
        (["spec", "validate", "FILE"], ID),
        (["guest", "status", "web"], ID),
        (["catlet", "update", "web", "--set", "memory.startup=2048", "--dry-run"], ID),
        (["catlet", "validate", "FILE"], ""),
    ],
)
def test_ids_are_all_that_is_printed_of_a_document(
    here: Run, arguments: list[str], printed: str, tmp_path: Path
) -> None:
    file = config(tmp_path, {"name": "new"})
    code, output, errors = here(*[file if each == "FILE" else each for each in arguments], "-o", "id")
    assert (code, errors) == (0, "")
    assert re.fullmatch(printed, output), output


def test_log_lines_are_filtered(here: Run, signed_in: Simulator) -> None:
    first, second = Task("A", Log("one"), Log("two"), display_name="First"), Task("B", Log("three"))
    operation_id = signed_in.play(Task("All", first, second))
    assert here("operation", "wait", operation_id)[0] == 0

    def lines(*options: str) -> list[str]:
        output = here("operation", "logs", operation_id, *options)[1]
        return [line.split("  ")[1] for line in output.splitlines()]

    assert lines() == ["one", "two", "three"]
    assert lines("--tail", "2") == ["two", "three"]
    assert lines("--task", "first") == lines("--task", "F irst") == ["one", "two"]
    assert lines("--since", "2199-01-01T00:00Z") == lines("--tail", "0") == []
    assert json.loads(here("operation", "logs", operation_id, "--tail", "1", "--json")[1])["message"] == "three"
    assert len(here("operation", "logs", operation_id, "-o", "id")[1].splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "kind", "facts"),
    [
        (["catlet", "show", "nope"], "NotFoundError", {"exit_code": 3, "status": 404}),
        (["operation", "show", "zzz"], "ConfigurationError", {"exit_code": 2}),
        (["catlet", "delete", "web"], "ConfigurationError", {"exit_code": 2, "member": "--yes"}),
        (["catlet", "list", "--nonsense"], "UsageError", {"exit_code": 2}),
        (["operation", "list", "--status", "Done"], "ConfigurationError", {"exit_code": 2, "place": "--status"}),
        (["catlet", "expand", "missing.yaml"], "InvalidRequestError", {"exit_code": 2}),
    ],
)
def test_errors_are_documents_too(here: Run, arguments: list[str], kind: str, facts: dict[str, Any]) -> None:
    code, output, errors = here(*arguments, "--json")
    error = json.loads(errors)["error"]
    assert (code, output, error["type"]) == (facts["exit_code"], "", kind)
    assert error.items() >= facts.items()
    assert error["message"]


def test_a_failed_operation_says_why_where_no_view_does(here: Run, tmp_path: Path) -> None:
    file = tmp_path / "ci.yaml"
    file.write_text("name: ci\nparent: acme/missing/1.0\n")
    code, output, errors = here("create", str(file), "-o", "id")
    assert (code, len(output.splitlines())) == (1, 1)
    assert "acme/missing/1.0 is not available" in errors
    code, output, errors = here("create", str(file), "--dry-run", "--json")
    assert (code, output, json.loads(errors)["error"]["type"]) == (1, "", "OperationFailedError")


def test_of_several_outcomes_the_worst_is_returned(here: Run) -> None:
    failed = here("operation", "list", "--status", "Failed", "--top", "1", "-o", "id")[1].strip()
    good = here("operation", "list", "--status", "Completed", "--top", "1", "-o", "id")[1].strip()
    assert here("operation", "wait", good)[0] == 0
    assert here("operation", "wait", good, failed)[0] == 1
    assert here("operation", "wait", good, failed, "00000000-0000-4000-8000-000000000001")[0] == 3


@pytest.mark.parametrize(("worse", "better"), [*combinations(exit_codes.WORST_FIRST, 2)])
def test_the_order_of_exit_codes_is_total(worse: int, better: int) -> None:
    assert set(exit_codes.WORST_FIRST) == set(exit_codes.MEANINGS)
    assert exit_codes.worst([better, worse]) == exit_codes.worst([worse, better]) == worse


def test_a_refused_server_ends_a_command_at_once(here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def note(budget: ErrorBudget, failures: int, random: object) -> float:
        waits.append(0.1)
        return 0.1

    monkeypatch.setattr(ErrorBudget, "delay", note)
    for name in ("COMPUTE", "IDENTITY"):  # first, identity still answers
        monkeypatch.setenv(f"ERYPH_{name}_ENDPOINT", f"http://127.0.0.1:1/{name.lower()}")
        for command in (
            ["catlet", "list"],
            ["watch", "00000000-0000-4000-8000-000000000001"],
            ["watch", "--all"],
            ["catlet", "start", "web"],
            ["catlet", "start", "web", "--no-wait"],
        ):
            code, output, errors = here(*command)
            assert (code, output) == (3, "")
            assert "Check that eryph runs there, and the port" in errors
    assert waits == []


@pytest.mark.parametrize("given", ["a\nb", "x\x1b[31m", "\u202egnp", "\U000e0041", "plain", "007", 'it\'s: "x"', "é"])
def test_no_text_controls_a_terminal_and_all_is_read_back(given: str) -> None:
    document = {"name": given, "list": [given, {"x": given}]}
    for write, read in ((json_text, json.loads), (yaml_text, yaml.safe_load)):
        text = write(document)
        assert read(text) == document
        assert all(each.isprintable() or each == "\n" for each in text)


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252"])
def test_an_old_code_page_loses_nothing_for_programs(
    encoding: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {"name": "日本 😀 é", "text": "a\n日本\n"}
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace"))
    for write, read in ((json_text, json.loads), (json_line, json.loads), (yaml_text, yaml.safe_load)):
        assert read(write(document).encode(encoding).decode(encoding)) == document


def test_an_old_code_page_keeps_the_columns_of_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = [
        {"id": "1", "name": "日本", "allowed_scopes": ["a"]},
        {"id": "2", "name": "x" * 40, "allowed_scopes": ["b"]},
    ]
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp437", errors="replace"))
    title, first, second = table(clients, nouns.CLIENT.columns, 30)
    assert [line.index(each) for line, each in ((title, "SCOPES"), (first, "a"), (second, "b"))] == [
        title.index("SCOPES")
    ] * 3
    assert "..." in second
    assert "…" not in second


def test_every_column_shows_a_member_that_the_documents_have() -> None:
    """Else a renamed member would leave an empty column."""
    from dataclasses import fields

    from rxeryph import model

    classes = {
        "operation": model.Operation, "catlet": model.Catlet, "project": model.Project, "disk": model.VirtualDisk,
        "member": model.ProjectMember, "network": model.VirtualNetwork, "gene": model.Gene,
        "spec": model.CatletSpecification, "client": model.IdentityClient, "choice": model.ConfigOption,
        "issue": model.ValidationIssue, "request": model.CancelRequest,
    }  # fmt: skip
    for noun in nouns.ALL:
        if noun.name in classes:
            members = {each.name for each in fields(classes[noun.name])} | set(noun.derived)
            assert {each.path.partition(".")[0] for each in noun.columns} <= members


def test_connection_options_may_come_first(here: Run, signed_in: Simulator) -> None:
    assert run(["--endpoint", signed_in.endpoint, "--allow-http", "project", "list"]) in (0, 2)
    assert here("--scope=compute:read", "project", "list", "-o", "id")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["operation", "list", "--top", "0"], "Invalid value for '-n' / '--top': 0 is not at least 1."),
        (["operation", "show"], "Missing argument 'OPERATION'."),
        (["disk", "create", "data"], "Missing option '--size'."),
    ],
)
def test_a_document_names_the_option_that_is_wrong(arguments: list[str], words: str, here: Run) -> None:
    assert json.loads(here(*arguments, "--json")[2])["error"]["message"] == words


@pytest.mark.parametrize("options", [["--json"], ["-o", "json"], ["--output=json"]])
def test_output_options_may_come_first(here: Run, options: list[str]) -> None:
    code, output, errors = here(*options, "project", "list")
    assert (code, errors) == (0, "")
    assert json.loads(output)[0]["name"] == "default"
