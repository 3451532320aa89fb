"""What goes wrong on a real server, and can be had on command: late lines, lost work, lost rights."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

import rxeryph
from rxeryph.events import LogEntryAdded
from rxeryph.polling import ErrorBudget
from rxeryph.simulator import Cancellable, Hang, Log, Orphan, Pause, Simulator, Task, Usual
from tests.simulation import Raw


@pytest.fixture
def reader(raw: Raw) -> Iterator[Raw]:
    """Somebody who may read the default project."""
    raw.simulator.add_client("reader", scopes=("compute:write",), roles={"default": "reader"})
    with closing(Raw(raw.simulator, "reader")) as client:
        yield client


def messages(operation: Any) -> list[str]:
    entries = sorted(operation["log_entries"], key=lambda entry: entry["timestamp"])
    return [entry["message"] for entry in entries]


# -- log entries


def test_two_entries_may_have_one_time(raw: Raw) -> None:
    done = raw.finish(raw.simulator.play(Task("A", Log("one"), Log("two", 2.0, same_stamp=True), Log("three"))))
    one, two, three = (
        next(entry["timestamp"] for entry in done["log_entries"] if entry["message"] == message)
        for message in ("one", "two", "three")
    )
    assert one == two < three


def test_an_entry_with_an_earlier_time_may_be_seen_after_a_later_one(raw: Raw) -> None:
    begun = raw.simulator.play(Task("A", Log("late in the table"), Log("early", 2.0, stamped_before=2.5), Pause(5.0)))
    seen: list[str] = []
    while len(seen) < 2:
        raw.simulator.advance(0.1)
        seen += [text for text in messages(raw.operation(begun)) if text not in seen]
    assert seen == ["late in the table", "early"]
    assert messages(raw.operation(begun)) == ["early", "late in the table"]


def test_all_entries_may_be_deferred_at_random_under_the_seed() -> None:
    def times(seed: int) -> list[str]:
        with Simulator(speed=0.0, seed=seed) as simulator, closing(Raw(simulator)) as raw:
            simulator.defer_logs()
            begun = simulator.play(Task("A", *(Log(str(number), 0.2) for number in range(30))))
            while raw.operation(begun)["status"] != "Completed":
                simulator.advance(0.1)
            at_end = len(raw.operation(begun)["log_entries"])
            done = raw.finish(begun)
            assert at_end < len(done["log_entries"]) == 30
            assert messages(done) != sorted(messages(done), key=int)
            simulator.defer_logs(0, 0)
            again = raw.finish(simulator.play(Task("A", Log("1"), Log("2"), Log("3"))))
            assert messages(again) == ["1", "2", "3"]
            return [entry["timestamp"] for entry in done["log_entries"]]

    assert times(3) == times(3) != times(4)


def test_a_span_that_is_none_is_refused() -> None:
    for span in ((-1.0, 2.0), (2.0, 1.0)):
        with pytest.raises(ValueError, match="log lines are delayed by at least 0 seconds"):
            Simulator().defer_logs(*span)


def test_a_stream_tells_of_deferred_entries_once_each(connect_to: Callable[..., rxeryph.Eryph]) -> None:
    with Simulator(speed=20.0) as simulator:
        simulator.defer_logs()
        stream = connect_to(simulator).track(
            simulator.play(Task("A", *(Log(str(number), 0.3) for number in range(20))))
        )
        told: list[str] = []
        stream.subscribe(
            lambda event: told.append(event.entry.message or "") if isinstance(event, LogEntryAdded) else None
        )
        assert stream.wait(60).succeeded
        assert sorted(told, key=int) == [str(number) for number in range(20)]


# -- operations and tasks that never end


def test_a_task_may_stay_running_in_an_operation_that_completed(raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    raw.simulator.when("*/UpdateCatletStateCommand", Usual(), Orphan())
    done = raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"])
    assert done["status"] == "Completed"
    assert {task["name"]: task["status"] for task in done["tasks"]} == {
        "StartCatletCommand": "Completed",
        "StartCatletVMCommand": "Completed",
        "UpdateCatletStateCommand": "Running",
    }
    assert raw.get(f"/v1/catlets/{catlet_id}")["status"] == "Running"


@pytest.mark.parametrize("step", [Hang(), Orphan()])
def test_an_operation_may_stay_running_although_its_work_is_done(raw: Raw, step: Hang | Orphan) -> None:
    catlet_id = raw.make_catlet()
    raw.simulator.when("StartCatletCommand", Usual(), step)
    stuck = raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"])
    assert stuck["status"] == "Running"
    assert raw.get(f"/v1/catlets/{catlet_id}")["status"] == "Running"


# -- restarts


def test_a_restart_keeps_rows_and_loses_work(raw: Raw) -> None:
    simulator = raw.simulator
    catlet_id, port, ended = raw.make_catlet(), simulator.port, raw.simulator.play(Task("A"))
    simulator.advance(60.0)
    begun = simulator.play(Task("A", Cancellable(Pause(1.0)), Log("lost", late=5.0), Pause(5.0)))
    simulator.advance(3.0)
    before = raw.operation(begun)
    simulator.restart()
    assert simulator.port == port
    with closing(Raw(simulator)) as again:
        assert again.finish(begun) == before
        assert before["status"] == "Running"
        assert again.operation(ended)["status"] == "Completed"
        assert again.get(f"/v1/catlets/{catlet_id}")["name"] == "web"
        assert again.finish(again.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"])["status"] == "Completed"
        assert again.finish(begun, 26 * 3600.0)["status_message"] == "Operation timed out."


def test_a_restart_may_lead_to_another_port(raw: Raw) -> None:
    before = raw.simulator.port
    raw.simulator.restart(port=0)
    after = raw.simulator.port
    assert after != before
    with closing(Raw(raw.simulator)) as again:
        again.get("/v1/version")
    raw.simulator.restart(port=before)
    assert raw.simulator.port == before
    raw.simulator.stop()
    with pytest.raises(RuntimeError, match="not running"):
        raw.simulator.restart()
    raw.simulator.start(port=after)
    assert raw.simulator.port == after


def test_a_restart_to_a_port_that_is_taken_leaves_it_running(raw: Raw) -> None:
    with Simulator() as other, pytest.raises(OSError, match="in use"):
        raw.simulator.restart(port=other.port)
    raw.get("/v1/version")


def test_a_restart_keeps_the_certificate_and_its_file(connect_to: Callable[..., rxeryph.Eryph]) -> None:
    with Simulator(tls=True) as simulator:
        eryph = connect_to(simulator, verify=simulator.ca_file)
        before = simulator.ca_file
        simulator.restart()
        assert simulator.ca_file == before
        assert eryph.version().major == 1
        connect_to(simulator, verify=simulator.ca_file).version()
    assert simulator.ca_file is None


def test_a_reset_of_the_database_loses_every_operation(raw: Raw) -> None:
    catlet_id, begun = raw.make_catlet(), raw.simulator.play(Task("A", Pause(5.0)))
    raw.simulator.reset_database()
    with closing(Raw(raw.simulator)) as again:
        assert again.ask("GET", f"/v1/operations/{begun}").status_code == 404
        again.simulator.advance(60.0)
        assert again.get("/v1/operations")["value"] == []
        assert again.get(f"/v1/catlets/{catlet_id}")["name"] == "web"


def test_a_stream_learns_that_its_operation_vanished(connect_to: Callable[..., rxeryph.Eryph]) -> None:
    with Simulator(speed=0.0) as simulator:
        eryph = connect_to(simulator, error_budget=ErrorBudget(attempts=100, first=0.02))
        stream = eryph.track(simulator.play(Task("A", Hang())))
        is_seen = threading.Event()
        stream.subscribe(lambda event: is_seen.set(), lambda error: None)
        assert is_seen.wait(10)
        simulator.reset_database()
        with pytest.raises(rxeryph.errors.OperationVanishedError):
            stream.wait(30)


# -- rights


def test_a_lost_role_hides_what_was_seen_and_a_new_one_shows_it(raw: Raw, reader: Raw) -> None:
    catlet_id = raw.make_catlet()
    begun = raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"]
    path = f"/v1/operations/{begun}"
    assert reader.ask("GET", path).status_code == 200
    raw.simulator.set_role("reader", "default", None)
    raw.simulator.set_role("reader", "default", None)
    assert [reader.ask("GET", each).status_code for each in (path, f"/v1/catlets/{catlet_id}")] == [404, 404]
    raw.simulator.set_role("reader", "default", "contributor")
    assert reader.ask("GET", path).status_code == 200
    reader.submit("PUT", f"/v1/catlets/{catlet_id}/stop", {"mode": "Kill"})


def test_a_role_of_nobody_nowhere_or_none_is_refused() -> None:
    simulator = Simulator()
    for arguments, text in (
        (("x", "default", "reader"), "there is no client 'x'; clients are system-client"),
        (("system-client", "dev", "reader"), "there is no project 'dev'; projects are default"),
        (("system-client", "default", "boss"), "'boss' is not a role; roles are owner, contributor, reader"),
    ):
        with pytest.raises(ValueError, match=text):
            simulator.set_role(*arguments)
