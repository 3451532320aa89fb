"""The key that ``rxeryph simulate`` writes: for its owner only, and in the place of nothing but a key."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from rxeryph.cli import simulate
from rxeryph.cli.app import run


def write(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(simulate, "wait_for_interrupt", lambda: None)
    return run(["simulate", "--json", "--key-file", str(path)])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
@pytest.mark.parametrize("content", [None, "", "-----BEGIN RSA PRIVATE KEY-----\nold"])
def test_the_key_is_for_its_owner_only_also_in_a_file_that_was_for_everyone(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "my.key"
    if content is not None:
        path.write_text(content)
        path.chmod(0o644)
    assert write(path, monkeypatch) == 0
    assert path.read_text().startswith("-----BEGIN RSA PRIVATE KEY-----\nM")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["my.key"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("kind", ["other file", "link", "dangling link", "pipe", "folder"])
def test_nothing_else_is_written_to(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, other = tmp_path / "my.key", tmp_path / "other"
    if kind == "other file":
        path.write_text("my thesis")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(other)
        if kind == "link":
            other.write_text("-----BEGIN RSA PRIVATE KEY-----\nold")
    before = {each: each.read_text() for each in tmp_path.iterdir() if each.is_file()}
    assert write(path, monkeypatch) == 2
    assert "--key-file: " in capsys.readouterr().err
    assert {each: each.read_text() for each in tmp_path.iterdir() if each.is_file()} == before
