"""Processes that share a journal are killed and stopped; it is whole afterwards. ``kills.py`` does it for longer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.kills import campaign


@pytest.mark.skipif(os.name != "posix", reason="needs SIGSTOP")
def test_no_event_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    killed, _, problems = campaign(6, seed=3, folder=tmp_path)
    assert killed == 6
    assert problems == []
