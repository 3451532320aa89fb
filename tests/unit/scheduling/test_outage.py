"""What fails for many at once is two lines in the log."""

from __future__ import annotations

import logging

import pytest

from rxeryph.scheduling.outage import Outage


def test_it_is_one_line_when_it_begins_and_one_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    outage = Outage("The journal")
    outage.over("c")
    for _ in range(2):
        for who in "abc":
            outage.failed(who, ValueError("full disk"))
    for who in "cab":
        outage.over(who)
        outage.over(who)
    outage.failed("a", ValueError("full disk"))
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("WARNING", "The journal fails, and is tried again: full disk"),
        ("INFO", "The journal works again"),
        ("WARNING", "The journal fails, and is tried again: full disk"),
    ]
