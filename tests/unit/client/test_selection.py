"""Operations are filtered out of a list of all, newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rxeryph.client.selection import Selection
from rxeryph.errors import ApiVersionError, InvalidRequestError
from rxeryph.model import Operation, OperationResource, OperationStatus, Project, ResourceType

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DEV, OPS = Project("p1", "dev", "t"), Project("p2", "ops", "t")


def op(id: str, minutes: float | None, status: str = "Completed", **members: Any) -> Operation:
    created = None if minutes is None else NOON + timedelta(minutes=minutes)
    return Operation(id, OperationStatus(status), created=created, **members)


CATLET = (OperationResource("r", "c", ResourceType.CATLET),)
ALL = (
    op("b", 1, "Failed", projects=(DEV,)),
    op("d", 3, "Running", projects=(DEV, OPS), resources=CATLET),
    op("a", 0, projects=(OPS,), resources=CATLET),
    op("c", 2),
)


def selected(**filters: Any) -> str:
    return "".join(operation.id for operation in Selection(**filters).apply(ALL))


def test_without_filters_all_are_returned_newest_first() -> None:
    assert selected() == "dcba"


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"status": "Failed"}, "b"),
        ({"status": "failed"}, "b"),
        ({"status": OperationStatus.COMPLETED}, "ca"),
        ({"status": ["Running", OperationStatus.FAILED]}, "db"),
        ({"status": OperationStatus("Paused")}, ""),
        ({"project": "DEV"}, "db"),
        ({"project": "p2"}, "da"),
        ({"project": "nowhere"}, ""),
        ({"resource_type": "Catlet"}, "da"),
        ({"resource_type": ResourceType.VIRTUAL_DISK}, ""),
        ({"since": NOON + timedelta(minutes=2)}, "dc"),
        ({"top": 2}, "dc"),
        ({"top": 99}, "dcba"),
        ({"status": "Completed", "top": 1}, "c"),
        ({"project": "ops", "resource_type": "Catlet", "since": NOON + timedelta(minutes=1)}, "d"),
    ],
)
def test_filters_select_operations(filters: dict[str, Any], ids: str) -> None:
    assert selected(**filters) == ids


def test_only_collections_that_a_filter_needs_are_expanded() -> None:
    assert Selection(status="Failed", top=1).expand == ()
    assert Selection(project="dev", resource_type="Catlet").expand == ("projects", "resources")


@pytest.mark.parametrize("filters", [{"top": 1}, {"since": NOON}])
def test_without_times_of_creation_the_newest_are_not_known(filters: dict[str, Any]) -> None:
    old = (op("b", None), op("a", None, "Failed"))
    with pytest.raises(ApiVersionError, match=r"the newest ones are not known"):
        Selection(**filters).apply(old)
    assert [each.id for each in Selection().apply(old)] == ["b", "a"]
    assert [each.id for each in Selection(status="Failed").apply(old)] == ["a"]
    assert Selection(**filters).apply(()) == ()


@pytest.mark.parametrize(
    ("filters", "word"),
    [
        ({"top": 0}, "top"),
        ({"top": -1}, "top"),
        ({"top": True}, "top"),
        ({"top": 2.5}, "top"),
        ({"since": datetime(2026, 1, 1)}, "since"),
        ({"since": "2026-01-01T00:00:00Z"}, "since"),
        ({"status": 7}, "status"),
        ({"status": ["Failed", None]}, "status"),
        ({"project": DEV}, "project"),
        ({"resource_type": 1}, "resource_type"),
    ],
)
def test_a_wrong_filter_is_refused(filters: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidRequestError, match="Nothing was sent") as caught:
        Selection(**filters).check()
    assert list(caught.value.errors) == [word]
