"""The command as people run it: a process, its output and its exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

import rxeryph
from tests.processes import piped

STRICT = (sys.executable, "-W", "error")
FAST = ("demo", "--speed", "200")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these tests send POSIX signals")


class Running:
    """A command in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    @property
    def stdout(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def line(self) -> str:
        line = self.stdout.readline()
        assert line, "the command ended early"
        return line

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; returns the exit code and what was printed to stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=15)
        return self.process.returncode, errors


@contextmanager
def running(*arguments: str, python: tuple[str, ...] = STRICT) -> Iterator[Running]:
    with piped(*python, "-m", "rxeryph", *arguments) as process:
        yield Running(process)


def finish(*arguments: str) -> tuple[int, str, str]:
    """Run a command to its end; returns its exit code, stdout and stderr."""
    done = subprocess.run(
        [*STRICT, "-m", "rxeryph", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_demo_prints_plain_lines_to_a_pipe() -> None:
    code, output, errors = finish(*FAST)
    assert (code, errors) == (0, "")
    assert "\x1b" not in output
    assert "\r" not in output
    lines = output.splitlines()
    assert any("  db   Downloading parts of volume::gene:dbosoft/ubuntu-24.04" in line for line in lines)
    assert any("  db   [Running: " in line for line in lines)  # which task is named depends on the polls
    summary = [line.split() for line in lines[-6:-3]]
    assert [row[:2] for row in summary] == [["web", "Completed"], ["db", "Completed"], ["ci", "Failed"]]
    assert "acme/missing/1.0 is not available" in lines[-4]
    assert lines[-3].startswith("To see more of ci, run: rxeryph operation show ")
    assert lines[-1].startswith("Everything went as planned")


def test_the_demo_prints_one_json_event_per_line() -> None:
    code, output, errors = finish(*FAST, "--json")
    assert (code, errors) == (0, "")
    events = [json.loads(line) for line in output.splitlines()]
    assert {event["type"] for event in events} >= {"status", "task_new", "task_update", "log_entry", "finished"}
    finished = [event for event in events if event["type"] == "finished"]
    assert sorted(event["result"]["status"] for event in finished) == ["Completed", "Completed", "Failed"]


@pytest.mark.parametrize("arguments", [("demo",), ("demo", "--json")])
def test_ctrl_c_ends_the_demo_at_once_without_a_traceback(arguments: tuple[str, ...]) -> None:
    # Warnings are not errors here: Ctrl-C may arrive before a new socket has an owner, and Python then warns.
    with running(*arguments, python=(sys.executable,)) as command:
        command.line()
        code, errors = command.stop(signal.SIGINT)
    assert (code, errors.count("\n")) == (130, 1)
    assert "Interrupted." in errors


@pytest.mark.parametrize("arguments", [FAST, (*FAST, "--json")])
def test_a_closed_output_pipe_ends_the_demo_without_a_traceback(arguments: tuple[str, ...]) -> None:
    with running(*arguments) as command:
        command.line()
        command.stdout.close()
        assert command.process.stderr is not None
        errors = command.process.stderr.read()
        assert (command.process.wait(60), errors) == (141, "")


@pytest.mark.parametrize(
    ("line", "code", "errors"),
    [
        ("server version --configuration none >&-", 2, "rxeryph: No eryph credentials found. Configuration 'none'"),
        ("operation wait - <&-", 2, "rxeryph: No eryph credentials found."),
        ("catlet delete web <&-", 2, "rxeryph: Delete web? There is no terminal to ask on."),
        ("--version >&-", 0, ""),
        ("--help > /dev/full", 2, "rxeryph: The output cannot be written: No space left on device."),
        ("nonsense 2>&-", 2, ""),
        ("nonsense 2> /dev/full", 2, ""),
        ("catlet list --json 2>&-", 2, ""),
    ],
)
def test_a_closed_or_full_stream_is_no_traceback(line: str, code: int, errors: str, tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -W error -m rxeryph {line}",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (code, ""), done
    assert done.stderr.startswith(errors)
    assert done.stderr.count("\n") == bool(errors)


def test_the_simulator_serves_until_it_is_terminated(tmp_path: Path) -> None:
    with running("simulate", "--json", "--tls", "--key-file", str(tmp_path / "my.key")) as command:
        facts = json.loads(command.line())
        assert (tmp_path / "my.key").stat().st_mode & 0o777 == 0o600
        with rxeryph.connect(
            endpoint=facts["endpoint"],
            client_id=facts["client_id"],
            private_key=facts["private_key"],
            verify=facts["ca_file"],
        ) as eryph:
            assert str(eryph.version()) == "1.2"
        assert command.stop() == (0, "")
    assert not Path(facts["ca_file"]).exists()


def test_the_code_that_the_simulator_prints_connects_to_it() -> None:
    with running("simulate") as command:
        lines = [command.line()]
        while not lines[-1].startswith(")"):
            lines.append(command.line())
        pasted: dict[str, rxeryph.Eryph] = {}
        exec("".join(lines[2:]), pasted)  # without the sentence before the code
        with pasted["eryph"] as eryph:
            assert str(eryph.version()) == "1.2"
        assert command.stop(signal.SIGINT)[0] == 0


def test_the_simulator_can_be_an_older_server_that_advances_with_each_request() -> None:
    with running("simulate", "--json", "--api-version", "1.1", "--seconds-per-request", "60") as command:
        facts = json.loads(command.line())
        with rxeryph.connect(**facts, polling=rxeryph.polling.fixed(0.02)) as eryph:
            assert str(eryph.version()) == "1.1"
            result = eryph.catlets.create({"name": "web"}).wait(60)
            assert (result.status, result.operation.created) == ("Completed", None)
        assert command.stop() == (0, "")


def test_a_port_in_use_is_one_line_and_a_usage_error() -> None:
    with running("simulate", "--json") as command:
        port = json.loads(command.line())["endpoint"].rpartition(":")[2]
        code, output, errors = finish("simulate", "--port", port)
    assert (code, output) == (2, "")
    assert errors == f"rxeryph: --port {port}: Address already in use. Choose another port, or 0 for a free one.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--api-version", "2.0"), "'2.0' is not one of '1.0', '1.1', '1.2'"),
        (("--speed", "2", "--seconds-per-request", "2"), "--speed and --seconds-per-request exclude each other"),
        (("--speed", "0"), "Invalid value for '--speed': "),
        (("--port", "70000"), "Invalid value for '--port': "),
    ],
)
def test_invalid_options_of_the_simulator_are_usage_errors(arguments: tuple[str, ...], message: str) -> None:
    code, output, errors = finish("simulate", *arguments)
    assert (code, output) == (2, "")
    assert message in " ".join(re.sub(r"[│╭╮╰╯─]", " ", errors).split())
