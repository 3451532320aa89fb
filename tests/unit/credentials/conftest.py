"""Machines made of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from .machines import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with Linux."""
    return Machine(tmp_path)


@pytest.fixture
def windows(tmp_path: Path) -> Machine:
    """A machine with Windows."""
    return Machine(tmp_path, "windows")


@pytest.fixture
def this_machine(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """``machine`` as the one that ``connect`` searches."""
    monkeypatch.chdir(machine.directory)
    for module in ("chain", "saving"):
        monkeypatch.setattr(f"rxeryph.credentials.{module}.this_machine", lambda: machine.environment)
    return machine
