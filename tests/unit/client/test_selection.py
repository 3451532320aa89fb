"""Looking back: what is asked for is picked out of all operations, newest first, or refused."""

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


def picked(**wanted: Any) -> str:
    return "".join(operation.id for operation in Selection(**wanted).apply(ALL))


def test_all_come_newest_first() -> None:
    assert picked() == "dcba"


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"status": "Failed"}, "b"),
        ({"status": "failed"}, "b"),
        ({"status": OperationStatus.COMPLETED}, "ca"),
        ({"status": ["Running", OperationStatus.FAILED]}, "db"),
        ({"status": "Paused"}, ""),
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
def test_what_is_asked_for_is_picked_out(wanted: dict[str, Any], ids: str) -> None:
    assert picked(**wanted) == ids


def test_only_what_a_filter_looks_at_is_expanded() -> None:
    assert Selection(status="Failed", top=1).expand == ()
    assert Selection(project="dev", resource_type="Catlet").expand == ("projects", "resources")


@pytest.mark.parametrize("wanted", [{"top": 1}, {"since": NOON}])
def test_where_the_server_does_not_tell_when_recency_is_not_claimed(wanted: dict[str, Any]) -> None:
    old = (op("b", None), op("a", None, "Failed"))
    with pytest.raises(ApiVersionError, match=r"the newest ones are not known"):
        Selection(**wanted).apply(old)
    assert [each.id for each in Selection().apply(old)] == ["b", "a"]
    assert [each.id for each in Selection(status="Failed").apply(old)] == ["a"]
    assert Selection(**wanted).apply(()) == ()


@pytest.mark.parametrize(
    ("wanted", "word"),
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
def test_what_cannot_be_meant_is_told(wanted: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidRequestError, match="Nothing was sent") as caught:
        Selection(**wanted).check()
    assert list(caught.value.errors) == [word]
