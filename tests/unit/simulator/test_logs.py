"""Log entries of a real server are late, out of order, or have equal times; those of the simulator on request."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.simulator import Log, Pause, Simulator, Task
from tests.simulation import Raw


def messages(operation: Any) -> list[str]:
    entries = sorted(operation["log_entries"], key=lambda entry: entry["timestamp"])
    return [entry["message"] for entry in entries]


def test_two_entries_may_have_one_time(raw: Raw) -> None:
    done = raw.finish(raw.simulator.play(Task("A", Log("one"), Log("two", 2.0, same_stamp=True), Log("three"))))
    times = {entry["message"]: entry["timestamp"] for entry in done["log_entries"]}
    assert times["one"] == times["two"] < times["three"]


def test_an_entry_with_an_earlier_time_may_be_seen_after_a_later_one(raw: Raw) -> None:
    script = Task("A", Log("last", late=5.0), Log("second"), Log("first", 2.0, stamped_before=2.5), Pause(1.0))
    begun = raw.simulator.play(script)
    seen: list[str] = []
    while len(seen) < 3:
        raw.simulator.step()
        seen += [message for message in messages(raw.operation(begun)) if message not in seen]
    assert seen == ["second", "first", "last"]
    done = raw.operation(begun)
    assert messages(done) == ["first", "second", "last"]
    assert max(entry["timestamp"] for entry in done["log_entries"]) > done["ended_at"]


def test_all_entries_may_be_deferred_at_random_by_the_seed() -> None:
    def times(seed: int) -> list[str]:
        with Simulator(speed=0.0, seed=seed) as simulator, Raw(simulator) as raw:
            simulator.defer_logs()
            begun = simulator.play(Task("A", *(Log(str(number), 0.2) for number in range(30))))
            while raw.operation(begun)["status"] != "Completed":
                simulator.advance(0.1)
            at_end = len(raw.operation(begun)["log_entries"])
            done = raw.finish(begun)
            assert at_end < len(done["log_entries"]) == 30
            assert messages(done) != sorted(messages(done), key=int)
            simulator.defer_logs(0, 0)
            assert messages(raw.finish(simulator.play(Task("A", Log("1"), Log("2"), Log("3"))))) == ["1", "2", "3"]
            return [entry["timestamp"] for entry in done["log_entries"]]

    assert times(3) == times(3) != times(4)


@pytest.mark.parametrize("delays", [(-1.0, 2.0), (2.0, 1.0)])
def test_impossible_delays_are_refused(delays: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="log lines are delayed by at least 0 seconds"):
        Simulator().defer_logs(*delays)
