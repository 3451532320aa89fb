"""What a row says, folded from events."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.cli.view.cells import width_of
from rxeryph.cli.view.charset import UNICODE, Charset
from rxeryph.cli.view.followed import Followed
from rxeryph.cli.view.layout import Names, layout
from rxeryph.cli.view.rows import Kind, Row, choose, clock, count_of_rest, duration, row_of
from rxeryph.errors import TransportError
from rxeryph.events import AnyEvent, PollFailed, PollRecovered, StatusChanged, TaskAdded, TrackingFailed
from rxeryph.model import Operation, OperationStatus
from tests.unit import samples

from .scenes import CANCELLED, COMPLETED, CREATED, ENDED, EVENTS, GENE, OPERATION, QUEUED, ROOT, RUNNING, after

UTF8 = Charset(UNICODE, "utf-8")
NO_ROUTE = TransportError("No route.", method="GET", url="x")
FAILING = PollFailed("op", None, NO_ROUTE, 3, 2.0)


def folded(*events: AnyEvent, name: str = "web", at: float = 10.0) -> Followed:
    followed = Followed.new("op", name, at)
    for event in events:
        followed = followed.after(event, at)
    return followed


def row(*events: AnyEvent, name: str = "web") -> Row:
    return row_of(folded(*events, name=name), 16.0, UTF8)


def seen(status: OperationStatus, message: str | None = None) -> StatusChanged:
    return StatusChanged("op", Operation("op", status, message), status)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), Row("web", Kind.WAITING, "", "Waiting for the server", None, "0:06")),
        ((FAILING,), Row("web", Kind.TROUBLE, "No answer", "No route.", None, "0:06")),
        ((seen(QUEUED),), Row("web", Kind.QUEUED, "Queued", "", None, "0:06")),
        ((seen(RUNNING),), Row("web", Kind.RUNNING, "", "Running", None, "0:06")),
        ((seen(OperationStatus("Paused")),), Row("web", Kind.RUNNING, "Paused", "Running", None, "0:06")),
        (EVENTS[:2], Row("web", Kind.RUNNING, "", "Create catlet web", None, "0:13")),
        (EVENTS[:3], Row("web", Kind.RUNNING, "", "Preparing gene a/b/1.0:sda", 42, "0:13")),
        ((*EVENTS[:3], FAILING), Row("web", Kind.TROUBLE, "No answer", "Preparing gene a/b/1.0:sda", None, "0:13")),
        ((seen(COMPLETED),), Row("web", Kind.COMPLETED, "Completed", "", None, "0.0 s")),
        (EVENTS, Row("web", Kind.FAILED, "Failed", "no space", None, "32.8 s")),
        ((seen(CANCELLED, "Cancelled"),), Row("web", Kind.CANCELLED, "Cancelled", "", None, "0.0 s")),
        ((TrackingFailed("op", None, NO_ROUTE),), Row("web", Kind.LOST, "Lost", "No route.", None, "0.0 s")),
    ],
)
def test_a_row_says_what_the_server_reported(events: tuple[AnyEvent, ...], expected: Row) -> None:
    assert row(*events) == expected


def test_the_status_returns_when_the_server_does() -> None:
    events = (*EVENTS[:2], FAILING, PollRecovered("op", OPERATION, 3, 2.0))
    assert row(*events) == row(*EVENTS[:2])


def test_an_operation_without_a_name_shows_what_it_does() -> None:
    assert row(*EVENTS[:3], name="").text == "Create catlet web: Preparing gene a/b/1.0:sda"
    assert row(*EVENTS[:2], name="").text == "Create catlet web"
    assert row(*EVENTS, name="").text == "Create catlet web: no space"
    assert row(*EVENTS[:2], seen(COMPLETED), name="") == Row(
        "op", Kind.COMPLETED, "Completed", "Create catlet web", None, "7.5 s"
    )


def test_the_elapsed_time_begins_before_the_first_poll() -> None:
    old = replace(OPERATION, started_at=CREATED + after(3600))
    assert row(StatusChanged("op", old, RUNNING)).time == "1:00:06"


def test_of_several_tasks_the_first_keeps_the_bar() -> None:
    second = replace(GENE, id="t9", display_name="Preparing gene c", progress=90)
    events = [TaskAdded("op", OPERATION, each) for each in (ROOT, GENE, second)]
    assert row(EVENTS[0], *events).percent == 42


@pytest.mark.parametrize(
    ("seconds", "running", "ended"),
    [
        (0, "0:00", "0.0 s"),
        (4.64, "0:04", "4.6 s"),
        (59.96, "0:59", "1:00"),
        (132.9, "2:12", "2:13"),
        (3725, "1:02:05", "1:02:05"),
    ],
)
def test_times_are_short(seconds: float, running: str, ended: str) -> None:
    assert (clock(seconds), duration(seconds)) == (running, ended)


@given(st.lists(st.sampled_from(samples.EVENTS)), st.integers(1, 120))
def test_any_events_make_a_row_that_fits(events: list[AnyEvent], width: int) -> None:
    after = folded(*events)
    ((*parts,),) = layout([row_of(after, 16.0, UTF8)], Names(["web"]), width, UNICODE, 0)
    assert sum(width_of(text) for text, _ in parts) <= width
    assert (after.status is None) == all(event.operation is None for event in events)


def board() -> list[Followed]:
    def of(number: int, event: AnyEvent | None) -> Followed:
        followed = Followed.new(f"op{number}", f"{number}", 0.0)
        return followed if event is None else followed.after(event, float(number))

    events = [EVENTS[-1], seen(RUNNING), seen(COMPLETED), None, seen(RUNNING), seen(COMPLETED)]
    return [of(number, event) for number, event in enumerate(events)]


@pytest.mark.parametrize(
    ("room", "shown", "rest"),
    [
        (6, "012345", None),
        (5, "1435", "and 2 more: 1 completed, 1 failed"),
        (3, "14", "and 4 more: 1 waiting, 2 completed, 1 failed"),
        (1, "", "and 6 more: 2 running, 1 waiting, 2 completed, 1 failed"),
    ],
)
def test_running_operations_come_first_where_room_is_short(room: int, shown: str, rest: str | None) -> None:
    first, others = choose(board(), room)
    assert "".join(each.name for each in first) == shown
    assert (count_of_rest(others) if others else None) == rest


@given(st.integers(1, 10))
def test_every_operation_is_shown_or_counted(room: int) -> None:
    shown, rest = choose(board(), room)
    assert sorted(each.name for each in (*shown, *rest)) == list("012345")
    assert len(shown) + bool(rest) <= room


def test_the_time_of_an_ended_operation_is_the_servers() -> None:
    assert folded(StatusChanged("op", ENDED, ENDED.status)).seconds(99.0) == 32.8
