"""``rxeryph whereami``: the places tried, what was found, and what the server says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rxeryph.cli.app import run
from rxeryph.simulator import Simulator
from tests.unit.credentials.machines import Machine, announce


def test_whereami_lists_the_places_and_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(tmp_path)
    monkeypatch.setattr("rxeryph.credentials.chain.this_machine", lambda: machine.environment)
    assert run(["whereami", "--json"]) == 2
    places = json.loads(capsys.readouterr().out)["places"]
    assert {"place": "ERYPH_CLIENT_ID", "reason": "not set"} in places
    with Simulator() as simulator:
        announce(machine, simulator)
        assert run(["whereami", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["compute_endpoint"] == simulator.compute_endpoint
    assert (found["configuration"], found["client_id"], found["server_version"]) == ("local", "system-client", "1.2")
    assert "compute:write" in found["scopes"]
    assert run(["whereami", "--offline"]) == 0
    shown = capsys.readouterr().out
    assert "Client id            system-client" in shown
    assert "Places without an answer:" in shown
