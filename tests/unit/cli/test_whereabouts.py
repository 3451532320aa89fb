"""``rxeryph whereami``: the places tried, what was found, and what the server says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rxeryph.cli.app import run
from rxeryph.simulator import Simulator
from tests.unit.credentials.machines import Machine, announce

from .commands import Run


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--configuration", "nope"], ["Configuration 'nope': there is no configuration of this name."]),
        (
            ["--endpoint", "http://127.0.0.1:1"],
            [
                "ERYPH_CLIENT_ID and ERYPH_PRIVATE_KEY_FILE are not used, because --endpoint names another server",
                "Also needed: --client-id, --private-key (or --client-secret-file).",
            ],
        ),
        (
            ["--client-id", "other"],
            ["because --client-id names another client", "Also needed: --private-key (or --client-secret-file)."],
        ),
    ],
)
def test_credentials_that_are_not_used_are_explained_by_their_options(
    here: Run, at_home: Path, options: list[str], words: list[str]
) -> None:
    code, output, errors = here("project", "list", *options)
    assert (code, output) == (2, "")
    assert errors.endswith(f" To see where I looked, run: rxeryph whereami {' '.join(options)}\n")
    assert all(each in errors for each in words), errors
    code, output, errors = here("whereami", *options)
    assert (code, "=" in output) == (2, False), output
    assert all(each in errors for each in words), errors


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
