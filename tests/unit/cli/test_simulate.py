"""``rxeryph simulate``: its options, and the key that it writes for its owner only, and over nothing but a key."""

from __future__ import annotations

import os
import re
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rxeryph import simulator
from rxeryph.cli import simulate
from rxeryph.cli.app import run
from rxeryph.connecting import connect


def write(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(simulate, "wait_for_interrupt", lambda: None)
    return run(["simulate", "--json", "--key-file", str(path)])


@pytest.mark.parametrize(
    ("options", "is_now", "words"),
    [
        ((), True, "10 times as fast as a real one. Press Ctrl-C"),
        (("--speed", "2"), True, "2 times as fast as a real one"),
        (("--seconds-per-request", "1"), False, "and 1 s pass with each request"),
    ],
)
def test_its_clock_begins_now_unless_runs_are_to_be_equal(
    options: tuple[str, ...],
    is_now: bool,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    times: list[datetime] = []

    def ask() -> None:
        (endpoint,) = re.findall(r"endpoint='(\S+)'", printed := capsys.readouterr().out)
        assert words in printed
        with connect(endpoint=endpoint, client_id="system-client", private_key=str(tmp_path / "my.key")) as eryph:
            created = eryph.operations.get(eryph.catlets.create({"name": "web"}).operation_id).created
            assert created is not None
            times.append(created)

    monkeypatch.setattr(simulate, "wait_for_interrupt", ask)
    assert run(["simulate", "--key-file", str(tmp_path / "my.key"), *options]) == 0
    assert (abs(times[0] - datetime.now(UTC)) < timedelta(hours=1)) == is_now, times


def test_the_options_say_how_busy_the_server_is_and_what_its_host_has(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    class Seen(simulator.Simulator):
        def __init__(self, **options: Any) -> None:
            given.update(options)
            super().__init__(**options)

    monkeypatch.setattr(simulator, "Simulator", Seen)
    monkeypatch.setattr(simulate, "wait_for_interrupt", lambda: None)
    names = ["--environment", "dev", "--environment", "qa", "--data-store", "fast", "--flat-provider", "lan"]
    assert run(["simulate", "--json", "--load", "0.5", "--api-version", "1.3", *names]) == 0
    expected = {"load": 0.5, "api_version": (1, 3), "environments": ("dev", "qa"), "data_stores": ("fast",)}
    assert {**given, **expected, "flat_providers": ("lan",)} == given
    assert run(["simulate", "--load", "1.5"]) == 2


@pytest.mark.parametrize(
    ("options", "log_bug"), [([], None), (["--no-log-bug"], False), (["--log-bug", "--api-version", "1.2"], True)]
)
def test_an_old_server_may_be_one_without_the_bug_of_log_entries(
    options: list[str], log_bug: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    class Seen(simulator.Simulator):
        def __init__(self, **options: Any) -> None:
            given.append(options["log_bug"])
            super().__init__(**options)

    monkeypatch.setattr(simulator, "Simulator", Seen)
    monkeypatch.setattr(simulate, "wait_for_interrupt", lambda: None)
    assert run(["simulate", "--json", "--api-version", "1.1", *options]) == 0
    assert given == [log_bug]


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
