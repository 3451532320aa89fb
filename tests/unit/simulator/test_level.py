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


NEWEST = ("config/datastores", "config/environments", "config/sites", "catlets/{}/guest-services/provisioning-log")


def test_what_only_the_newest_server_has_is_missing_on_others(raw: Raw) -> None:
    catlet = raw.make_catlet()
    assert [raw.ask("GET", f"/v1/{path.format(catlet)}").status_code for path in NEWEST] == [404] * len(NEWEST)


def test_the_newest_server_lists_options_and_reads_the_provisioning_log_but_reports_1_2() -> None:
    newest = Simulator(speed=0.0, api_version=(1, 3), environments=("Dev",), data_stores=("fast",))
    with newest as simulator, Raw(simulator) as raw:
        assert raw.get("/v1/version") == {"latest_version": {"major": 1, "minor": 2}}
        default, dev = {"name": "default"}, {"name": "dev"}
        assert raw.get("/v1/config/datastores")["value"] == [default, {"name": "fast"}]
        assert raw.get("/v1/config/sites")["value"] == [default]
        site = {"site": "default"}
        assert raw.get("/v1/config/environments")["value"] == [default | site, dev | site]
        catlet = raw.make_catlet(environment="dev", store="fast")
        assert raw.get(f"/v1/catlets/{catlet}/config")["configuration"]["store"] == "fast"
        raw.change("PUT", f"/v1/catlets/{catlet}/start")
        result = raw.change("GET", f"/v1/catlets/{catlet}/guest-services/provisioning-log")["result"]
        assert result["events"][0]["message"] in result["rendered_log"]


def test_a_catlet_in_an_unknown_place_fails_before_it_exists(raw: Raw) -> None:
    for member in ("environment", "store"):
        done = raw.change("POST", "/v1/catlets", {"configuration": {"name": "web", member: "nosuch"}})
        failed = [task["name"] for task in done["tasks"] if task["status"] == "Failed"]
        assert sorted(failed) == ["CreateCatletCommand", "CreateCatletVMCommand", "DeployCatletCommand"]
    assert raw.get("/v1/catlets")["value"] == []


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"API version \(2, 0\); there are \(1, 0\), .*\(1, 3\)"):
        Simulator(api_version=(2, 0))
