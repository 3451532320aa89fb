"""The nouns as values: open enums, derived members, plain data."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rxeryph import model
from rxeryph.model import ApiVersion, OpenEnum, OperationStatus, ResourceType
from rxeryph.model.plain import to_plain
from tests.unit.samples import COMPLETED, FAILED, FULL, QUEUED, RUNNING, entry, operation, task

PAUSED = OperationStatus("Paused")


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def test_an_unknown_member_is_a_value_and_equals_one_of_the_same_value() -> None:
    assert PAUSED.value == str(PAUSED) == PAUSED == "Paused"
    assert "Paused" in repr(PAUSED)
    assert not PAUSED.is_known
    assert isinstance(PAUSED, OperationStatus)
    assert not PAUSED.is_terminal
    assert PAUSED not in list(OperationStatus)
    assert OperationStatus("Paused") == PAUSED
    assert {PAUSED: 1}[OperationStatus("Paused")] == 1
    assert OperationStatus("Other") != PAUSED


@pytest.mark.parametrize("again", [pickled, copy.copy, copy.deepcopy])
def test_known_and_unknown_members_pickle_and_copy(again: Callable[[Any], Any]) -> None:
    assert again(RUNNING) is RUNNING
    assert again(PAUSED) == PAUSED
    assert isinstance(again(PAUSED), OperationStatus)


@pytest.mark.parametrize("text", ["Running", "running", "RUNNING"])
def test_letter_case_does_not_matter_when_reading(text: str) -> None:
    assert OperationStatus(text) is RUNNING
    assert OperationStatus(text).is_known


def test_a_member_equals_its_string_as_a_key() -> None:
    by_text: dict[str, int] = {ResourceType.CATLET: 1}
    assert by_text["Catlet"] == 1
    assert {"Catlet": 1}[ResourceType.CATLET] == 1


def test_only_strings_are_members() -> None:
    with pytest.raises(ValueError, match="7 is not a valid"):
        OperationStatus(7)  # type: ignore[arg-type]


def test_the_python_name_of_a_member_is_no_value() -> None:
    assert ResourceType("VIRTUAL_DISK") != ResourceType.VIRTUAL_DISK
    assert not ResourceType("VIRTUAL_DISK").is_known


def test_exactly_three_statuses_are_terminal() -> None:
    assert {status for status in OperationStatus if status.is_terminal} == {"Completed", "Failed", "Cancelled"}


def test_the_primary_task_is_the_child_of_the_operation() -> None:
    child, primary = task("t2", "t1"), task("t1", "op", display_name="Create it")
    shown = operation(tasks=(child, primary))
    assert (shown.primary_task, shown.title) == (primary, "Create it")
    assert (operation(tasks=(child,)).primary_task, operation(tasks=(child,)).title) == (None, None)


def test_the_title_of_a_task_is_its_display_name_or_command() -> None:
    assert task(display_name="Create it").title == "Create it"
    assert task(name="CreateCatletCommand").title == "CreateCatlet"
    assert task(name="Command").title == "Command"


@pytest.mark.parametrize(
    ("progress", "status", "percentage"),
    [(0, RUNNING, None), (1, RUNNING, 1), (100, RUNNING, 100), (100, COMPLETED, None), (40, FAILED, None)],
)
def test_a_percentage_is_never_made_up(progress: int, status: OperationStatus, percentage: int | None) -> None:
    assert task(progress=progress, status=status).percentage == percentage


def test_the_duration_needs_both_ends() -> None:
    began, ended = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 1, 0, 500_000, tzinfo=UTC)
    assert task(started_at=began, ended_at=ended).duration == 60.5
    assert replace(operation(), started_at=began, ended_at=ended).duration == 60.5
    assert task(started_at=began).duration is None
    assert operation().duration is None


def test_a_version_supports_older_ones_of_the_same_major() -> None:
    assert str(ApiVersion(1, 2)) == "1.2"
    assert ApiVersion(1, 2).supports(ApiVersion(1, 2))
    assert ApiVersion(1, 10).supports(ApiVersion(1, 2))
    assert not ApiVersion(1, 1).supports(ApiVersion(1, 2))
    assert not ApiVersion(2, 2).supports(ApiVersion(1, 2))
    assert ApiVersion(1, 10) > ApiVersion(1, 2)


def test_plain_data_is_ready_for_json_and_holds_no_secret() -> None:
    plain = to_plain(FULL)
    text = json.dumps(plain, allow_nan=False)
    assert isinstance(plain, dict)
    assert "a-very-secret-token" not in text
    assert plain["result"] == {"result_type": "SshChannel"}
    assert "ended_at" not in plain
    assert plain["tasks"][0]["status"] == "Running"
    assert plain["resources"][0]["resource_type"] == "Catlet"


def test_plain_data_of_anything_else_is_its_string() -> None:
    assert to_plain({1: {"x"}, "status": QUEUED}) == {"1": ["x"], "status": "Queued"}
    assert to_plain(ValueError("odd")) == "odd"
    assert to_plain(entry("l1", 0.0000001)) == {
        "id": "l1",
        "task_id": "t1",
        "message": "hello",
        "timestamp": "2026-05-28T20:26:40.0000001Z",
    }


def test_every_enum_is_open() -> None:
    enums = [value for name in dir(model) if isinstance(value := getattr(model, name), type(OpenEnum))]
    assert len(enums) == 6
    assert all(issubclass(enum, OpenEnum) for enum in enums)


def test_processors_and_memory_of_a_catlet_come_from_its_configuration() -> None:
    def catlet(configuration: object) -> model.Catlet:
        return model.Catlet("c", "web", model.CatletStatus.STOPPED, configuration=configuration)  # type: ignore[arg-type]

    whole = catlet({"cpu": {"count": 2}, "memory": {"startup": 2048}})
    assert (whole.cpu_count, whole.memory_startup) == (2, 2048)
    short = catlet({"cpu": 4, "memory": 512})
    assert (short.cpu_count, short.memory_startup) == (4, 512)
    nothings: tuple[object, ...] = (None, {}, {"cpu": None, "memory": []}, {"cpu": {"count": "2"}, "memory": True})
    for nothing in nothings:
        assert (catlet(nothing).cpu_count, catlet(nothing).memory_startup) == (None, None)
    assert whole == catlet(None)
    assert "2048" not in repr(whole)
