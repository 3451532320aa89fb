"""``rxeryph.journal.open``: a journal by its URL."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rxeryph import journal
from rxeryph.errors import ConfigurationError
from rxeryph.journal import SqliteJournal
from rxeryph.journal.jetstream.address import without_secrets


def closed(url: str, **arguments: Any) -> str:
    opened = journal.open(url, **arguments)
    assert isinstance(opened, SqliteJournal)
    opened.close()
    return repr(opened)


def test_a_url_has_the_path_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert closed("sqlite:///a.db") == f"SqliteJournal({str(tmp_path / 'a.db')!r})"
    assert closed(f"sqlite:///{tmp_path}/b.db") == f"SqliteJournal({str(tmp_path / 'b.db')!r})"
    assert closed("sqlite:///c%20%25d.db", keep=timedelta(days=30)) == f"SqliteJournal({str(tmp_path / 'c %d.db')!r})"
    assert {each.name for each in tmp_path.iterdir()} == {"a.db", "b.db", "c %d.db"}


@pytest.mark.parametrize(
    "url",
    [
        "operations.db",
        "sqlite://operations.db",
        "sqlite:///",
        "sqlite://",
        "sqlite:a.db",
        "sqlite:/var/a.db",
        "redis://broker",
        "nats:broker",
        "http://[",
        "",
    ],
)
def test_another_url_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r'a URL such as "sqlite:///operations\.db"') as caught:
        journal.open(url)
    assert caught.value.member == "journal"
    assert repr(url) in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://me:s3cret@broker", "redis://broker"),
        ("me:s3cret@broker:4222", "broker:4222"),
        ("nats:me:s3cret@broker", "broker"),
        ("nats://broker?token=s3cret", "nats://broker?..."),
        ("nats://broker?token=s3@s3cret", "nats://..."),
        ("nats://broker/name#s3cret", "nats://broker/name#..."),
        ("sqlite:///a.db?keep=3", "sqlite:///a.db?..."),
    ],
)
def test_an_error_shows_a_url_without_what_may_be_secret(url: str, shown: str) -> None:
    with pytest.raises(ConfigurationError, match="a URL such as") as caught:
        journal.open(url)
    assert repr(shown) in str(caught.value)
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize("url", [None, 5, b"sqlite:///a.db", Path("a.db")])
def test_what_is_no_string_is_refused(url: Any) -> None:
    for opening in (journal.open, journal.NatsJournal):
        with pytest.raises(ConfigurationError, match="a URL such as"):
            opening(url)


def test_a_broker_without_nats_py_is_one_error_that_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['nats'] = None\n"
        "from rxeryph import connect, journal\n"
        "journal.NatsJournal\n"
        "try:\n    journal.open('nats://me:s3cret@broker')\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    needed = 'ConfigurationError A journal at a NATS broker needs nats-py. Run: python -m pip install "rxeryph[nats]"'
    assert (done.stdout.strip(), done.stderr) == (needed, "")


def test_the_path_of_a_file_is_shown_as_it_is() -> None:
    assert without_secrets("sqlite:///me@home.db") == "sqlite:///me@home.db"
