"""``RXERYPH_JOURNAL``: commands that follow operations keep what they see there; others do not open it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from rxeryph.journal import open as open_journal
from rxeryph.journal.records import is_last

from .commands import Run


def test_a_command_that_follows_stores_what_it_sees(
    here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'operations.db'}"
    monkeypatch.setenv("RXERYPH_JOURNAL", url)
    code, output, _ = here("project", "create", "journaled", "-o", "id")
    assert code == 0
    with closing(open_journal(url)) as journal:
        *_, last = journal.read(operation_id=output.strip())
    assert is_last(last)


def test_a_command_that_reads_does_not_open_it(here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RXERYPH_JOURNAL", "wrong")
    assert here("operation", "list", "-o", "id")[0] == 0
    assert here("catlet", "list", "-o", "id")[0] == 0
    assert here("project", "create", "never-followed", "--no-wait", "-o", "id")[0] == 0


def test_a_journal_that_cannot_be_opened_stops_a_change_before_it_is_sent(
    here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RXERYPH_JOURNAL", "wrong")
    code, output, errors = here("project", "create", "unseen")
    assert (code, output) == (2, "")
    assert errors.startswith("rxeryph: RXERYPH_JOURNAL: A journal has a URL such as")
    monkeypatch.setenv("RXERYPH_JOURNAL", "")
    assert here("project", "show", "unseen")[0] == 3
