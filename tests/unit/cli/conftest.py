"""Commands that run against the simulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from rxeryph.cli.app import run
from rxeryph.simulator import Simulator

from .commands import Run


@pytest.fixture
def key_file(simulator: Simulator, tmp_path: Path) -> Path:
    path = tmp_path / "client.key"
    path.write_text(simulator.private_key)
    return path


@pytest.fixture
def command(simulator: Simulator, key_file: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command against the simulator. ``changes`` replace its connection options."""

    def run_command(*arguments: str, **changes: str) -> tuple[int, str, str]:
        options = {"endpoint": simulator.endpoint, "client-id": simulator.client_id, "private-key": str(key_file)}
        options |= {name.replace("_", "-"): value for name, value in changes.items()}
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        code = run([*arguments, *given])
        output = capsys.readouterr()
        return code, output.out, output.err

    return run_command
