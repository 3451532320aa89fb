"""The command as people start it: a process, its output, its exit code."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

import rxeryph

FAST = ("demo", "--speed", "200")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way here")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "rxeryph", *arguments]


def finish(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=60, check=False)


def test_the_demo_on_a_pipe_is_plain_and_tells_the_whole_story() -> None:
    done = finish(*FAST)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    lines = done.stdout.splitlines()
    assert any("  db   Downloading parts of volume::gene:dbosoft/ubuntu-24.04" in line for line in lines)
    assert any("  web  [Running: " in line for line in lines)  # which task is at work then depends on the polls
    summary = [line.split() for line in lines[-5:-2]]
    assert [row[:2] for row in summary] == [["web", "Completed"], ["db", "Completed"], ["ci", "Failed"]]
    assert "acme/missing/1.0 is not available" in lines[-3]
    assert lines[-1].startswith("Everything went as planned")


def test_the_demo_as_json_has_one_event_per_line() -> None:
    done = finish(*FAST, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {event["type"] for event in events} >= {"status", "task_new", "task_update", "log_entry", "finished"}
    finished = [event for event in events if event["type"] == "finished"]
    assert sorted(event["result"]["status"] for event in finished) == ["Completed", "Completed", "Failed"]


def interrupt(*arguments: str) -> tuple[int, str, str]:
    """Start a command, interrupt it after its first line, and return how it ended.

    Without warnings as errors: Ctrl-C may strike between the making of a socket and its owner's hearing of it, and
    Python then says so while it closes it.
    """
    plain = [sys.executable, "-m", "rxeryph", *arguments]
    with subprocess.Popen(plain, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        first = _pipe(process.stdout).readline()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=15)
        return process.returncode, first + output, errors


@pytest.mark.parametrize("arguments", [("demo",), ("demo", "--json")])
def test_ctrl_c_ends_the_demo_at_once_without_a_traceback(arguments: tuple[str, ...]) -> None:
    code, _, errors = interrupt(*arguments)
    assert (code, errors) == (130, "Interrupted.\n")


def test_the_simulator_serves_until_ctrl_c(tmp_path: Path) -> None:
    arguments = command("simulate", "--json", "--tls", "--key-file", str(tmp_path / "my.key"))
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        facts = json.loads(_pipe(process.stdout).readline())
        assert (tmp_path / "my.key").stat().st_mode & 0o777 == 0o600
        with rxeryph.connect(
            endpoint=facts["endpoint"],
            client_id=facts["client_id"],
            private_key=facts["private_key"],
            verify=facts["ca_file"],
        ) as eryph:
            assert str(eryph.version()) == "1.2"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=15)
    assert (process.returncode, errors) == (0, "")
    assert not Path(facts["ca_file"]).exists()


def test_what_the_simulator_says_can_be_pasted() -> None:
    with subprocess.Popen(command("simulate"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        lines = []
        while not (line := _pipe(process.stdout).readline()).startswith(")"):
            assert line, "it ended"
            lines.append(line)
        lines.append(line)
        pasted: dict[str, rxeryph.Eryph] = {}
        exec("".join(lines[2:]), pasted)  # what follows the sentence
        with pasted["eryph"] as eryph:
            assert str(eryph.version()) == "1.2"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=15)
    assert process.returncode == 0


@pytest.mark.parametrize("arguments", [FAST, (*FAST, "--json")])
def test_a_reader_that_leaves_is_no_disaster(arguments: tuple[str, ...]) -> None:
    with subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        _pipe(process.stdout).readline()
        _pipe(process.stdout).close()
        errors = _pipe(process.stderr).read()
        assert (process.wait(60), errors) == (141, "")


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with subprocess.Popen(command("simulate", "--json"), stdout=subprocess.PIPE, text=True) as process:
        port = json.loads(_pipe(process.stdout).readline())["endpoint"].rpartition(":")[2]
        done = finish("simulate", "--port", port)
        process.send_signal(signal.SIGINT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"rxeryph: --port {port}: Address already in use. Take another one, or 0.\n"


def test_the_simulator_can_be_an_older_server_whose_time_passes_with_each_request() -> None:
    arguments = command("simulate", "--json", "--api-version", "1.1", "--seconds-per-request", "60")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        facts = json.loads(_pipe(process.stdout).readline())
        with rxeryph.connect(**facts, polling=rxeryph.polling.fixed(0.02)) as eryph:
            assert str(eryph.version()) == "1.1"
            result = eryph.catlets.create({"name": "web"}).wait(60)
            assert (result.status, result.operation.created) == ("Completed", None)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=15)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--api-version", "2.0"), "'2.0' is not one of '1.0', '1.1', '1.2'"),
        (("--speed", "2", "--seconds-per-request", "2"), "--speed and --seconds-per-request: time passes one way"),
        (("--speed", "0"), "Invalid value for '--speed': "),
        (("--port", "70000"), "Invalid value for '--port': "),
    ],
)
def test_options_of_the_simulator_that_cannot_be_right_are_told(arguments: tuple[str, ...], text: str) -> None:
    done = finish("simulate", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert text in " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stderr).split())


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
