"""The report of an operation, as text and as data."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rxeryph.model import CatletConfigResult, LogEntry, Operation
from rxeryph.model.timestamps import parse_ticks
from rxeryph.outcome import OperationResult, Report
from tests.unit.samples import CATLET, COMPLETED, DISK, FAILED, FULL, PROJECT, QUEUED, RUNNING, entry, operation, task

BEGIN = datetime(2026, 5, 28, 1, 2, 3, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def line(id: str, seconds: int, task_id: str, message: str) -> LogEntry:
    return LogEntry(id, task_id, message, parse_ticks(at(seconds).isoformat()))


BROKEN = Operation(
    "op",
    FAILED,
    "Gene not\r\n  found",
    "a client",
    at(0),
    at(1.5),
    at(21),
    (CATLET, DISK),
    (line("l1", 6, "genes", "looking\nfor it"), line("l2", 7, "root", "giving up"), line("l3", 30, "late", "fine")),
    (PROJECT, replace(PROJECT, id="p2", name=None)),
    (
        task("late", "root", RUNNING, name="ProvisionCommand", created=at(3), progress=12),
        task("genes", "root", FAILED, name="ResolveGenesCommand", created=at(2), started_at=at(4), ended_at=at(20)),
        task("load", "genes", FAILED, display_name="Load\ngene", created=at(5), progress=40),
        task("done", "genes", COMPLETED, name="X", created=at(4.5), progress=100),
        task("root", status=FAILED, display_name="Create catlet web", created=at(1)),
    ),
)

TEXT = """\
Operation op: Failed
  message       Gene not found
  requested by  a client
  created       2026-05-28 01:02:03Z
  started       2026-05-28 01:02:04Z (after 1.5 s in the queue)
  ended         2026-05-28 01:02:24Z (after 19.5 s)
  updated       2026-05-28 01:02:33Z (newest known time)
  failed in     Load gene, in ResolveGenes, in Create catlet web

Tasks:
  Failed: Create catlet web  root
    Failed in 16.0 s: ResolveGenes  genes
      Completed: X  done
      Failed at 40 %: Load gene  load
    Running at 12 %: Provision  late

Resources:
  Catlet c1
  VirtualDisk d1

Projects:
  default p1
  p2

Last 10 lines of failed tasks:
  01:02:09 ResolveGenes: looking for it
  01:02:10 Create catlet web: giving up

Warnings:
  Task late (Provision) is Running although the operation has ended."""


def test_the_text_has_one_line_for_each_fact() -> None:
    assert str(OperationResult(BROKEN).report()) == TEXT


def test_unknown_values_are_left_out_of_the_text() -> None:
    assert str(Report(operation())) == "Operation op: Running"


def test_the_data_is_ready_for_json_and_complete() -> None:
    data = json.loads(json.dumps(Report(BROKEN).to_dict(), allow_nan=False))
    assert list(data) == [
        *("id", "status", "status_message", "requested_by", "created", "started_at", "ended_at"),
        *("resources", "projects", "tasks"),
        *("updated_at", "queue_time", "run_time", "failure", "failed_entries", "warnings"),
    ]
    assert (data["status"], data["status_message"]) == ("Failed", "Gene not\r\n  found")
    assert (data["queue_time"], data["run_time"]) == (1.5, 19.5)
    assert data["updated_at"] == "2026-05-28T01:02:33+00:00"
    assert data["resources"][0] == {"id": "r1", "resource_id": "c1", "resource_type": "Catlet"}
    assert [project["id"] for project in data["projects"]] == ["p1", "p2"]
    assert data["failure"] == {"task_id": "load", "message": "Gene not\r\n  found"}
    assert [each["message"] for each in data["failed_entries"]] == ["looking\nfor it", "giving up"]
    assert len(data["warnings"]) == 1
    assert [(each["id"], each["depth"]) for each in data["tasks"]] == [
        *(("root", 0), ("genes", 1), ("done", 2), ("load", 2), ("late", 1))
    ]
    genes = data["tasks"][1]
    assert (genes["title"], genes["duration"], genes["parent_task_id"]) == ("ResolveGenes", 16.0, "root")
    assert [each.get("progress") for each in data["tasks"]] == [None, None, None, 40, 12]


def test_the_data_of_a_bare_operation_has_what_is_known() -> None:
    assert Report(operation()).to_dict() == {
        "id": "op",
        "status": "Running",
        "resources": [],
        "projects": [],
        "tasks": [],
        "failed_entries": [],
        "warnings": [],
    }


@pytest.mark.parametrize(
    "result", [FULL.result, CatletConfigResult({"fodder": [{"content": "a-very-secret-token"}]})]
)
def test_no_content_of_a_result_is_shown(result: object) -> None:
    report = Report(replace(FULL, result=result))  # type: ignore[arg-type]
    assert report.to_dict()["result_type"] == result.result_type  # type: ignore[attr-defined]
    assert "a-very-secret-token" not in str(report) + json.dumps(report.to_dict())


def test_the_newest_time_may_come_from_any_part() -> None:
    bare = Operation("op", RUNNING)
    assert Report(bare).updated_at is None
    assert Report(replace(bare, created=at(1))).updated_at == at(1)
    assert Report(replace(bare, started_at=at(2))).updated_at == at(2)
    assert Report(replace(bare, created=at(1), ended_at=at(3))).updated_at == at(3)
    for each in (task(created=at(4)), task(started_at=at(4)), task(ended_at=at(4))):
        assert Report(replace(bare, created=at(1), tasks=(each,))).updated_at == at(4)
    assert Report(replace(bare, created=at(1), log_entries=(line("l", 5, "t", ""),))).updated_at == at(5)


def test_durations_need_both_ends() -> None:
    assert Report(operation()).queue_time is None
    assert Report(replace(BROKEN, started_at=None)).run_time is None
    assert "started" not in str(Report(replace(BROKEN, started_at=None)))


def test_the_last_ten_entries_of_failed_tasks_are_shown_by_time() -> None:
    entries = tuple(entry(f"l{n}", n, "t1") for n in reversed(range(15)))
    tasks = (task(status=FAILED), task("t2", status=COMPLETED))
    report = Report(operation(FAILED, tasks=tasks, entries=(*entries, entry("other", 99, "t2"))))
    assert [each.id for each in report.failed_entries] == [f"l{n}" for n in range(5, 15)]


def test_a_running_operation_has_no_failure_and_no_warning() -> None:
    report = Report(operation(RUNNING, tasks=(task(), task("t2", "t1", FAILED))))
    assert (report.failure, report.warnings) == (None, ())


def test_every_task_that_has_not_ended_is_a_warning() -> None:
    report = Report(operation(COMPLETED, tasks=(task("a"), task("b", status=QUEUED), task("c", status=COMPLETED))))
    assert [warning.split()[1] for warning in report.warnings] == ["a", "b"]
