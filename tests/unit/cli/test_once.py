"""``--once KEY``: a command that is run again submits nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rxeryph.journal import intents
from rxeryph.journal.submission import operation_id_of
from rxeryph.simulator import Simulator
from rxeryph.testing import connect_to

from .commands import Run, config

pytestmark = pytest.mark.usefixtures("settles_soon")

COMMANDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "catlet create": lambda file: (file,),
    "catlet update": lambda file: ("web", "--set", "memory.startup=2048"),
    "project create": lambda file: ("dev",),
    "project add-member": lambda file: ("default", "a-client", "reader"),
    "disk create": lambda file: ("data", "--size", "1", "--location", "web"),
    "network update": lambda file: ("default", file),
    "spec create": lambda file: ("default", file),
    "spec update": lambda file: ("some", file),
}


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "COST", 2)
    monkeypatch.setenv("RXERYPH_JOURNAL", f"sqlite:///{tmp_path / 'operations.db'}")


def test_a_command_that_is_run_again_shows_the_same_operation(
    command: Run, simulator: Simulator, tmp_path: Path
) -> None:
    create = "catlet", "create", config(tmp_path, {"name": "web"}), "--once", "deploy-42/web"
    for arguments in (("--no-wait",), (), ("-o", "id")):
        code, output, errors = command(*create, *arguments)
        assert (code, errors) == (0, "")
        assert output.splitlines()[0] == operation_id_of("deploy-42/web")
    assert sum(each.method == "POST" and each.path.endswith("/catlets") for each in simulator.requests) == 1


def test_another_request_with_the_key_is_wrong_usage(command: Run, tmp_path: Path) -> None:
    create = "catlet", "create", config(tmp_path, {"name": "web"}), "--once", "key", "--no-wait"
    assert command(*create)[0] == 0
    code, _, errors = command(*create, "--name", "db")
    assert code == 2
    assert "The key 'key' was used at" in errors


def test_each_command_that_chooses_an_id_takes_a_key(
    command: Run, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect_to(simulator) as eryph:
        eryph.catlet_specifications.create("default", {"name": "some"}).wait()
    monkeypatch.setenv("RXERYPH_JOURNAL", "")
    before = len(simulator.requests)
    for name, arguments in COMMANDS.items():
        content: object = {"networks": []} if name.startswith("network") else {"name": "new"}
        code, output, errors = command(
            *name.split(), *arguments(config(tmp_path, content)), "--once", "key", "--json"
        )
        assert (code, output) == (2, "")
        assert "once needs a journal" in errors
    sent = [each for each in simulator.requests[before:] if "token" not in each.path]
    assert {each.method for each in sent} <= {"GET"}
