"""When the relay that polls is killed, stopped or cut off, another one continues. ``relays.py`` does it often."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rxeryph.journal.renewals import LEASE
from tests.e2e.relays import fail_all
from tests.unit.journal.brokers import need_nats

SLACK = 3.0
"""Seconds for polls, and for a machine with other work."""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGSTOP")
def test_another_relay_continues_within_the_time_of_a_lease(tmp_path: Path) -> None:
    need_nats()
    for name, pauses, problems in fail_all((("killed", False), ("stopped", True), ("cut off", True)), tmp_path):
        assert problems == []
        assert pauses.failed_over < 1.1 * LEASE + 1.0 + SLACK, name
        assert pauses.handed_over < 1.0 + SLACK, name
