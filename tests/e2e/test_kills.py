"""Processes that share a journal are killed and stopped; it is whole afterwards. ``kills.py`` does it for longer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.kills import campaign
from tests.unit.journal.brokers import need_nats


@pytest.mark.skipif(os.name != "posix", reason="needs SIGSTOP")
@pytest.mark.parametrize("is_nats", [False, True], ids=["sqlite", "nats"])
def test_no_event_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path, is_nats: bool) -> None:
    if is_nats:
        need_nats()
    done, problems = campaign(6, seed=3, folder=tmp_path, is_nats=is_nats)
    assert done.kills == 6
    assert done.submits + len(done.lost) == 6
    assert problems == []
