"""A process that is forked while streams run: the child has connections of its own, or a clear error at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rxeryph.journal.submission import operation_id_of
from rxeryph.simulator import Log, Pause, Simulator, Task
from tests.e2e import forking, forking_once
from tests.unit.journal.brokers import Broker, need_nats

REFUSED = (
    *("wait", "subscribe", "live", "for", "for that had begun", "await", "track", "group", "group again", "watch"),
    *("polling", "submit", "schedule", "schedule later"),
)
WORKS = {
    "request": True,
    "request while a thread of the parent gets a token": True,
    "what has ended": True,
    "a connection of its own": True,
}


@pytest.fixture
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a journal, or an empty string."""
    match request.param:
        case "sqlite":
            yield f"sqlite:///{tmp_path / 'operations.db'}"
        case "nats":
            need_nats()
            with Broker(tmp_path) as broker:
                yield broker.url
        case _:
            yield ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("journal", ["none", "sqlite", "nats"], indirect=True)
def test_a_forked_process_gets_a_clear_error_and_harms_no_stream_of_its_parent(
    stopped_clock: Simulator, journal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator = stopped_clock
    monkeypatch.setenv("RXERYPH_JOURNAL", journal)
    simulator.faults.delay(0.5, path="connect/token$", times=None)
    ended = simulator.play(Task("ShortCommand"))
    running = simulator.play(Task("LongCommand", Log("begun"), Pause(600.0), Log("done")))
    simulator.advance(60.0)
    arguments = (simulator.endpoint, simulator.client_id, simulator.client_secret, running, ended)
    with subprocess.Popen(
        [sys.executable, forking.__file__, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        first = program.stdout.readline()
        simulator.advance(700.0)
        second, errors = program.communicate(timeout=120)
    assert program.returncode == 0, errors
    child = json.loads(first)
    for name in REFUSED:
        assert "of which this one is a fork" in child[name], name
        assert "Open another with rxeryph.connect()" in child[name], name
        assert child[name].startswith("RuntimeError" if name.startswith("schedule") else "ClosedError"), name
    assert {name: child[name] for name in WORKS} == WORKS
    assert (child["leave"], child["close"]) == (None, None)
    assert json.loads(second) == {"result": True, "errors": [], "projects": 1}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("way", ["fork", "multiprocessing"])
@pytest.mark.parametrize("journal", ["sqlite", "nats"], indirect=True)
def test_parent_and_child_submit_each_key_once(simulator: Simulator, journal: str, way: str) -> None:
    arguments = (simulator.endpoint, simulator.client_id, simulator.client_secret, journal, way)
    command = [sys.executable, "-m", forking_once.__name__, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    child, parent = map(json.loads, done.stdout.splitlines())
    for name in ("connection of the parent", "journal of the parent"):
        assert "of which this one is a fork" in child.pop(name), name
    assert [child.pop(f"close the {name}") for name in ("connection", "journal")] == [None, None]
    keys = ("before", "both", "child", "parent", "after")
    ids = {key: operation_id_of(key) for key in keys}
    assert parent == ids
    assert child == {key: id for key, id in ids.items() if key != "parent"}
    sent = [each for each in simulator.requests if each.method == "POST" and each.path.endswith("/v1/catlets")]
    assert len(sent) == len(keys)
