"""Ctrl-C, a closed pipe and a lost server: no traceback, and how to continue."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rxeryph.simulator import Hang, Log, Pause, Simulator, Task

if sys.platform == "win32":
    pytest.skip("these tests send POSIX signals", allow_module_level=True)

from ..processes import piped
from .terminal import Terminal

CTRL_C = b"\x03"
RXERYPH = (sys.executable, "-m", "rxeryph")


@pytest.fixture
def endless(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An operation that never ends, on a server that commands find."""
    key = tmp_path / "my.key"
    key.write_text(simulator.private_key)
    monkeypatch.setenv("ERYPH_IDENTITY_ENDPOINT", simulator.identity_endpoint)
    monkeypatch.setenv("ERYPH_COMPUTE_ENDPOINT", simulator.compute_endpoint)
    monkeypatch.setenv("ERYPH_CLIENT_ID", simulator.client_id)
    monkeypatch.setenv("ERYPH_PRIVATE_KEY_FILE", str(key))
    return simulator.play(Task("T", Log("begun"), Hang()))


def watching(*arguments: str) -> Terminal:
    return Terminal("watch", *arguments, columns=120, TERM="dumb")


def test_the_first_ctrl_c_offers_to_cancel_and_the_second_stops_waiting(endless: str) -> None:
    with watching(endless[:8]) as terminal:
        terminal.until("begun").press(CTRL_C)
        terminal.until(f"To cancel, run: rxeryph operation cancel {endless}")
        terminal.until("Press Ctrl-C again to stop waiting")
        assert terminal.process.poll() is None
        terminal.press(CTRL_C)
        assert terminal.finish() == 130
        assert terminal.has(f"To continue watching, run: rxeryph watch {endless}")
        assert not terminal.has("Traceback")


def test_a_board_ends_at_the_first_ctrl_c(endless: str) -> None:
    with watching("--all") as terminal:
        terminal.until(endless[:8]).press(CTRL_C)
        assert terminal.finish() == 130
        assert terminal.has(r"Interrupted\.")


def test_without_a_terminal_one_interrupt_is_enough(endless: str) -> None:
    with piped(*RXERYPH, "watch", endless) as process:
        assert process.stdout is not None
        while "begun" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"rxeryph watch {endless}" in errors
    assert "Traceback" not in errors


def test_a_closed_pipe_shows_how_to_continue(endless: str, simulator: Simulator) -> None:
    lines = [step for number in range(50) for step in (Log(str(number)), Pause(30.0))]
    endless = simulator.play(Task("T", *lines))
    with piped(*RXERYPH, "watch", endless) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) == 141
    assert errors == f"To continue watching, run: rxeryph watch {endless}\n"


@pytest.mark.parametrize("options", [(), ("--no-wait",), ("-o", "id"), ("--json",)])
def test_an_id_is_not_lost_because_no_one_reads_the_output(endless: str, options: tuple[str, ...]) -> None:
    with piped(*RXERYPH, "project", "create", "p", *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) == 141
    if options == ("--json",):
        error = json.loads(errors)["error"]
        (operation_id,) = error["operation_ids"]
        assert (error["type"], error["exit_code"]) == ("ClosedPipe", 141)
        errors = f"{error['advice']}\n"
        assert operation_id in errors
    assert re.fullmatch(r"To see what runs, run: rxeryph watch [0-9a-f-]{36}\n", errors), errors


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a file that is always full")
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("project create p", ()),
        ("project create p", ("--no-wait",)),
        ("project create p", ("--json",)),
        ("watch", ()),
    ],
)
def test_an_id_is_not_lost_because_the_disk_is_full(endless: str, command: str, options: tuple[str, ...]) -> None:
    ids = [endless] if command == "watch" else []
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*RXERYPH, *command.split(), *ids, *options],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    message, advice = "The output cannot be written: No space left on device.", ""
    if options == ("--json",):
        error = json.loads(done.stderr)["error"]
        assert (error["message"], error["advice"].endswith(*error["operation_ids"])) == (message, True)
        advice = error["advice"]
    else:
        first, advice = done.stderr.splitlines()
        assert first == f"rxeryph: {message}"
    assert re.fullmatch(r"To (see what runs|continue watching), run: rxeryph watch [0-9a-f-]{36}", advice), advice
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a file that is always full")
def test_a_key_that_cannot_be_written_may_be_replaced(endless: str) -> None:
    with Path("/dev/full").open("w") as full:
        create = [*RXERYPH, "client", "create", "ci"]
        done = subprocess.run(create, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 2
    advice = r"The key of client ([0-9a-f-]{36}) is lost. To get another, run: rxeryph client new-key \1"
    assert re.fullmatch(advice, done.stderr.splitlines()[1])


@pytest.mark.parametrize("delay", [0.02, 0.15, 0.3, 0.6])
def test_ctrl_c_at_the_beginning_prints_no_traceback(endless: str, delay: float) -> None:
    code = (
        "import os, signal, sys, threading\n"
        "from rxeryph.cli import main\n"
        f"sys.argv = ['rxeryph', 'watch', '{endless}']\n"
        f"threading.Timer({delay}, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert re.search("Interrupted", done.stderr)


def test_ctrl_c_in_a_callback_of_python_is_not_lost() -> None:
    code = (
        "import sys, time\n"
        "from rxeryph import cli\n"
        "from rxeryph.cli import app\n"
        "class Interrupting:\n"
        "    def __del__(self): raise KeyboardInterrupt\n"
        "def run():\n"
        "    Interrupting()\n"
        "    while True: time.sleep(0.01)\n"
        "app.run = run\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


def test_ctrl_c_in_code_from_a_string_ends_with_the_code_of_an_interrupt(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(
        "from rxeryph import cli\n"
        "from rxeryph.cli import app\n"
        "def run():\n"
        "    try: exec('raise KeyboardInterrupt')\n"
        "    except KeyboardInterrupt: print('partial')\n"
        "    return 130\n"
        "app.run = run\n"
        "cli.main()"
    )
    command = [sys.executable, "-m", "interrupted"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "partial\n", "")
