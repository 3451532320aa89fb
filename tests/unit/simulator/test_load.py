"""A busy server: late statuses and entries, and submits that are held, refused, dropped or not answered."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from rxeryph.simulator import Log, Simulator, Task
from rxeryph.simulator.load import Load, Submit
from tests.simulation import Raw


def played(raw: Raw, count: int = 20) -> list[str]:
    """The ids of new operations."""
    script = Task("CreateProjectCommand", Log("one"), Log("two"))
    return [raw.simulator.play(script) for _ in range(count)]


def seconds_after_end(operation: Any, moment: str | datetime) -> float:
    then = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (then - datetime.fromisoformat(operation["ended_at"])).total_seconds()


def test_an_idle_server_is_not_late_and_a_busy_one_stores_entries_after_the_end() -> None:
    latest = {}
    for load in (0.0, 1.0):
        with Simulator(speed=0.0, load=load) as simulator, Raw(simulator) as raw:
            ended = [raw.finish(each) for each in played(raw)]
            latest[load] = max(
                seconds_after_end(each, entry["timestamp"]) for each in ended for entry in each["log_entries"]
            )
    assert latest[0.0] < 0.5
    assert 5.0 < latest[1.0] < 30.0


def test_a_busy_server_shows_a_status_later_than_the_time_in_it() -> None:
    with Simulator(speed=0.0, load=1.0) as simulator, Raw(simulator) as raw:
        begun, late = played(raw), []
        while begun:
            simulator.step()
            now = parsedate_to_datetime(raw.ask("GET", "/v1/version").headers["date"])
            for operation in [each for each in map(raw.operation, begun) if "ended_at" in each]:
                begun.remove(operation["id"])
                late.append(seconds_after_end(operation, now))
        assert 2.0 < max(late) < 23.0


def test_few_submits_are_refused_or_not_answered_and_those_do_nothing() -> None:
    with Simulator(speed=0.0, load=1.0, seed=3) as simulator, Raw(simulator) as raw:
        answers: Counter[object] = Counter()
        for number in range(400):
            try:
                answers[raw.ask("POST", "/v1/projects", {"name": f"p{number}"}).status_code] += 1
            except requests.ConnectionError:
                answers["none"] += 1
        assert 2 <= answers[500] <= 20
        assert 1 <= answers["none"] <= 5
        assert len(raw.get("/v1/operations")["value"]) == answers[202] == 400 - answers[500] - answers["none"]


def test_a_submit_is_held_and_then_carried_out_unless_its_client_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Load, "submit", lambda self: Submit(3600.0))
    with Simulator(speed=1.0, load=1.0) as simulator, Raw(simulator) as raw:
        headers = {"Authorization": f"Bearer {raw.token}"}
        url = f"{simulator.compute_endpoint}/v1/projects"
        with pytest.raises(requests.Timeout):
            requests.post(url, json={"name": "gone"}, headers=headers, timeout=0.3)
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(requests.post, url, json={"name": "kept"}, headers=headers, timeout=60)
            while not reply.done():
                simulator.advance(600.0)
                time.sleep(0.01)
            begun = reply.result().json()
        raw.finish(begun["id"])
        assert [each["name"] for each in raw.get("/v1/projects")["value"]] == ["default", "kept"]
        assert len(raw.get("/v1/operations")["value"]) == 1


def test_a_load_beyond_the_measured_one_is_refused() -> None:
    with pytest.raises(ValueError, match="load must be between 0"):
        Simulator(load=1.5)
