"""Older servers know less."""

from __future__ import annotations

import pytest

from rxeryph.simulator import Hang, Simulator, Task
from tests.simulation import Raw


@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
def test_older_servers_have_no_times_no_cancellation_and_no_housekeeping(version: tuple[int, int]) -> None:
    with Simulator(speed=0.0, api_version=version) as simulator, Raw(simulator) as raw:
        assert raw.ask("GET", "/v1/version").status_code == (404 if version == (1, 0) else 200)
        done = raw.change("POST", "/v1/catlets", {"configuration": {"name": "web"}})
        assert not {"created", "started_at", "ended_at", "requested_by"} & (set(done) | set(done["tasks"][0]))
        assert done["log_entries"] == []
        since = "?expand=logs&log_time_stamp=2018-01-01T00:00:00Z"
        assert raw.get(f"/v1/operations/{done['id']}{since}")["log_entries"]
        assert raw.ask("POST", f"/v1/operations/{done['id']}/cancel").status_code == 404
        hanging = simulator.play(Task("A", Hang()))
        simulator.advance(60 * 24 * 3600.0)
        assert [raw.operation(each)["status"] for each in (done["id"], hanging)] == ["Completed", "Running"]


def test_the_last_of_the_older_servers_sends_log_entries_without_a_time() -> None:
    with Simulator(speed=0.0, api_version=(1, 1), log_bug=False) as simulator, Raw(simulator) as raw:
        assert raw.change("POST", "/v1/catlets", {"configuration": {"name": "web"}})["log_entries"]


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"API version \(2, 0\); there are \(1, 0\), \(1, 1\), \(1, 2\)"):
        Simulator(api_version=(2, 0))
