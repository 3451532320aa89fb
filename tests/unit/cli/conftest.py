"""Commands that run against the simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rxeryph.cli.app import run
from rxeryph.simulator import Hang, Simulator, Task
from rxeryph.testing import connect_to

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


@pytest.fixture(scope="module")
def town() -> Iterator[Simulator]:
    """A simulator that the tests of a module share, with the catlets web and db, and an operation that failed."""
    with Simulator(speed=200.0) as running:
        with connect_to(running) as eryph:
            made = [eryph.catlets.create({"name": name}) for name in ("web", "db")]
            made.append(eryph.catlets.create({"name": "ci", "parent": "acme/missing/1.0"}))
            eryph.track_all(made).wait(60)
        yield running


@pytest.fixture
def signed_in(town: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settles_soon: None) -> Simulator:
    """The shared simulator, which commands find by environment variables."""
    sign_in(town, tmp_path, monkeypatch.setenv)
    return town


def sign_in(simulator: Simulator, folder: Path, set_variable: Callable[[str, str], None]) -> None:
    key = folder / "my.key"
    key.write_text(simulator.private_key)
    set_variable("ERYPH_IDENTITY_ENDPOINT", simulator.identity_endpoint)
    set_variable("ERYPH_COMPUTE_ENDPOINT", simulator.compute_endpoint)
    set_variable("ERYPH_CLIENT_ID", simulator.client_id)
    set_variable("ERYPH_PRIVATE_KEY_FILE", str(key))


@pytest.fixture
def here(signed_in: Simulator, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command against the shared simulator, without a terminal."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        output = capsys.readouterr()
        return code, output.out, output.err

    return run_command


@pytest.fixture
def endless(signed_in: Simulator) -> str:
    """An operation of the shared simulator that never ends."""
    return signed_in.play(Task("T", Hang(), display_name="Endless"))


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any configuration."""
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path
