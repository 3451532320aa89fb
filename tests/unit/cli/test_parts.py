"""Times, tables, targets and confirmation, without a server."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
import typer

from rxeryph.cli.confirming import confirmed
from rxeryph.cli.options import Format
from rxeryph.cli.output.nouns import DISK, As, Column, Document
from rxeryph.cli.output.people import ago, clock, cut, duration, label, local, shown, size, width
from rxeryph.cli.output.printing import print_object
from rxeryph.cli.output.table import table
from rxeryph.cli.parsing import moment, moment_ahead, pairs, seconds_of
from rxeryph.cli.targets import names
from rxeryph.errors import ConfigurationError

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "found"),
    [("90", 90), ("1.5s", 1.5), ("5m", 300), ("5 min", 300), ("2h", 7200), ("3d", 259200), ("1W", 604800)],
)
def test_times_are_numbers_with_a_unit(given: str, found: float) -> None:
    assert seconds_of("--timeout")(given) == found
    assert abs(datetime.now(UTC) - timedelta(seconds=found) - moment(given, "--since")) < timedelta(seconds=5)
    assert abs(datetime.now(UTC) + timedelta(seconds=found) - moment_ahead(given, "--expires")) < timedelta(seconds=5)


@pytest.mark.parametrize("given", ["", "soon", "-1", "5 fortnights", "1e9d", "inf", "nan", "2026-13-01"])
def test_other_times_are_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^--since: .* is not a time") as caught:
        moment(given, "--since")
    assert caught.value.place == "--since"


def test_a_moment_may_be_a_time() -> None:
    assert moment("2026-01-31T15:00+02:00", "--since") == datetime(2026, 1, 31, 13, 0, tzinfo=UTC)
    assert moment("2026-01-31", "--since").utcoffset() is not None


def test_people_see_rounded_values() -> None:
    passed = {0: "now", 5: "5 s ago", 190: "3 min ago", 7300: "2 h ago", 200000: "2 d ago", 900000: "2026-02-1"}
    for each, text in passed.items():
        assert ago((NOW - timedelta(seconds=each)).isoformat(), NOW).startswith(text)
    assert [duration(each) for each in (4.64, 65, 3723)] == ["4.6 s", "1:05 min", "1:02:03 h"]
    assert [size(each) for each in (5, 2048, 1536, 2**31, 999 * 2**30)] == [
        "5 B",
        "2 KiB",
        "1.5 KiB",
        "2 GiB",
        "999 GiB",
    ]
    assert [shown(each) for each in (None, True, ["a", "b"], "a\nb\x1b")] == ["", "yes", "a, b", "a b\\x1b"]
    assert datetime.fromisoformat(local(NOW.isoformat())) == NOW
    assert clock(NOW, NOW) == local(NOW.isoformat())[11:]
    assert clock(NOW, NOW + timedelta(days=2)) == local(NOW.isoformat())
    assert [label(each) for each in ("vm_id", "ip_v4_addresses", "mac_address")] == [
        "VM ID",
        "IPv4 addresses",
        "MAC address",
    ]
    assert (width("日本"), cut("日本語", 5), cut("abc", 3)) == (4, "日本…", "abc")


def test_a_table_cuts_wide_cells_and_then_leaves_columns_out() -> None:
    columns = [Column("name", "NAME"), Column("text", "TEXT"), Column("extra", "EXTRA", spare=True)]
    rows: list[Document] = [
        {"name": "web", "text": "x" * 30, "extra": "e" * 10},
        {"name": "日本", "text": "", "extra": None},
    ]
    full = list(table(rows, columns, None))
    assert full[1] == f"web   {'x' * 30}  eeeeeeeeee"
    assert list(table(rows, columns, 40))[1] == f"web   {'x' * 21}…  eeeeeeeeee"
    assert list(table(rows, columns, 20))[1] == f"web   {'x' * 13}…"
    assert max(width(line) for line in table(rows, columns, 20)) == 20


def test_short_ids_are_as_long_as_they_must_be() -> None:
    column = Column("id", "ID", As.SHORT_ID)
    rows: list[Document] = [
        {"id": f"{start}{'0' * 24}"} for start in ("aaaaaaaab111", "aaaaaaaab222", "bbbbbbbbb333")
    ]
    assert [line.strip() for line in table(rows, [column], 80)][1:] == ["aaaaaaaab1", "aaaaaaaab2", "bbbbbbbb"]


def test_names_come_from_arguments_and_stdin_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("web  Running\n\ndb\n"))
    assert names(["ci", "-", "db", "ci"]) == ["ci", "web", "db"]
    with pytest.raises(typer.Exit) as ended:
        names(["-"])
    assert ended.value.exit_code == 0


def test_pairs_are_names_and_values() -> None:
    assert pairs(["a=1", "b=x=y", "c="], "--var") == {"a": "1", "b": "x=y", "c": ""}
    with pytest.raises(ConfigurationError, match="--var: write NAME=VALUE") as caught:
        pairs(["secret"], "--var")
    assert "secret" not in str(caught.value)


def test_without_a_terminal_nothing_is_deleted_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(ConfigurationError, match="Add --yes"):
        confirmed("Delete web", yes=False)
    assert confirmed("Delete web", yes=True)


def test_the_end_of_stdin_is_an_answer_on_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    assert not confirmed("Delete web", yes=False)
    assert capsys.readouterr().err == "Delete web? [y/N] \nNothing was changed.\n"


def test_names_on_stdin_may_come_from_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\ufeffweb\n"))
    assert names(["-"]) == ["web"]


def test_a_size_is_rounded_also_for_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    print_object([{"name": "sda", "size_bytes": 3 * 2**29}], DISK, Format.TABLE)
    assert capsys.readouterr().out.splitlines() == ["Name  sda", "Size  1.5 GiB"]
