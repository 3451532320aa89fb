"""A reader who follows a page from its first line: types the Python, writes the files, runs the commands."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from rxeryph.cli.app import run
from rxeryph.simulator import Simulator

TOP = Path(__file__).parents[2]
FENCE = re.compile(r'^```(\w*)(?: title="(\S+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
INSTALLS = re.compile(r"(\.venv/bin/)?python3?( -m (venv|pip)\b|$)|(git clone|cd|source) ")
"""Commands that the reader has run already; .ci/run proves that they work."""
PORT = re.compile(r"(?<=:)8000\b|(?<=--port )8000\b")
"""The port of the pages. It becomes a free one."""
BROKER_PORT = re.compile(r"(?<=127\.0\.0\.1:)4222\b")
"""The port of a broker on the pages, likewise."""
SERVICES = {
    "uvicorn": "Uvicorn running",
    "nats-server": "Server is ready",
    "rxeryph relay": " ready: ",
    "python billing.py": "charged",
}
"""Commands that run in a terminal of their own, by their beginning, and what they print when they are ready."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def text_of(page: str) -> str:
    return (TOP / page).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Block:
    """A block of a page: its language, the file that it shows (None: no file), its text, and the line of that."""

    language: str
    title: str | None
    source: str
    line: int


def blocks_of(text: str) -> Iterator[Block]:
    for match in FENCE.finditer(text):
        yield Block(match[1], match[2], match[3], text.count("\n", 0, match.start()) + 2)


def pattern_of(lines: list[str]) -> re.Pattern[str]:
    """``…`` alone on a line matches any number of lines, and any characters within a line."""
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r"\n" for line in lines]
    return re.compile("".join(parts) + r"\Z")


def has_loop(block: Block) -> bool:
    """Whether the block awaits outside a function, as only a notebook can."""
    return bool(inspect.CO_COROUTINE & compiled(block, "").co_flags)


def compiled(block: Block, page: str) -> Any:
    source = "\n" * (block.line - 1) + block.source
    return compile(source, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


class Reader:
    """Follows pages in ``folder``, with environment variables that end with the test."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.environment = environment
        self.names: dict[str, Any] = {}
        self.printed = io.StringIO()
        self.port, self.broker_port = free_port(), free_port()
        self._stack = ExitStack()
        environment.chdir(folder)
        home = str(folder / "home")
        for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "USERPROFILE"):
            environment.setenv(name, home)
        environment.setenv("COLUMNS", "200")
        environment.setenv("PYTHONIOENCODING", "utf-8")
        environment.setenv(
            "PYTHONPATH", os.pathsep.join([str(TOP), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
        )
        environment.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in ("eryph", "simulator"):
            if name in self.names:
                self._stack.callback(getattr(self.names[name], "close" if name == "eryph" else "stop"))
        self._stack.close()

    def simulate(self, command: str = "") -> None:
        """``rxeryph simulate`` in another terminal, and its lines pasted into this one."""
        port = self.port if "--port" in command else 0
        simulator = self._stack.enter_context(Simulator(port=port, speed=100.0))
        key = self.folder / "home" / "simulator.key"
        key.parent.mkdir(exist_ok=True)
        key.write_text(simulator.private_key, encoding="utf-8")
        self.environment.setenv("ERYPH_IDENTITY_ENDPOINT", simulator.identity_endpoint)
        self.environment.setenv("ERYPH_COMPUTE_ENDPOINT", f"{simulator.endpoint}/compute")
        self.environment.setenv("ERYPH_CLIENT_ID", simulator.client_id)
        self.environment.setenv("ERYPH_PRIVATE_KEY_FILE", str(key))

    def _serve(self, command: str, ready: str, shown: list[str], where: str) -> None:
        """A service in another terminal, until the page ends. Compares its output until it is ready."""
        name, *arguments = command.split()
        program = {"nats-server": [name], "python": [sys.executable]}.get(name, [sys.executable, "-m", name])
        process = self._stack.enter_context(
            subprocess.Popen(
                [*program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
            )
        )
        self._stack.callback(process.terminate)
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if ready in line:
                break
        else:
            pytest.fail(f"{where} {command} does not start:\n{printed}")
        if shown:
            compare(shown, printed, f"{where} {command}")

    def follow(self, page: str) -> None:
        """Do what each block says, in order, and compare the output with the one that the page shows."""
        text = BROKER_PORT.sub(str(self.broker_port), PORT.sub(str(self.port), text_of(page)))
        blocks = [*blocks_of(text)]
        loop = self._loop() if any(map(has_loop, (each for each in blocks if each.language == "python"))) else None
        for block, follower in zip(blocks, [*blocks[1:], None], strict=True):
            where = f"{page}:{block.line}"
            if block.title:
                (self.folder / block.title).write_text(block.source, encoding="utf-8")
            elif block.language == "python":
                printed = self._type(block, page, loop)
                if follower is not None and follower.language == "text":
                    compare(follower.source.splitlines(), printed, where)
            elif block.language == "console":
                self._run(block, where)

    def _loop(self) -> asyncio.Runner:
        return self._stack.enter_context(asyncio.Runner())

    def _type(self, block: Block, page: str, loop: asyncio.Runner | None) -> str:
        """Run Python as a prompt does, or as a cell of a notebook, whose event loop is always running."""
        start = len(self.printed.getvalue())
        with contextlib.redirect_stdout(self.printed):
            if loop is None:
                exec(compiled(block, page), self.names)
            else:
                loop.run(self._cell(compiled(block, page)))
        return self.printed.getvalue()[start:]

    async def _cell(self, code: Any) -> None:
        result = eval(code, self.names)
        if isinstance(result, Coroutine):
            await result

    def _run(self, block: Block, where: str) -> None:
        for step in re.split(r"^\$ ", block.source, flags=re.MULTILINE)[1:]:
            line, *output = step.splitlines()
            command, _, code = line.partition("  # exit code ")
            if command.startswith("rxeryph simulate"):
                self.simulate(command)
            elif (service := next(filter(command.startswith, SERVICES), None)) is not None:
                self._serve(command, SERVICES[service], output, where)
            elif command.startswith("unset "):
                for name in command.split()[1:]:
                    self.environment.delenv(name)
            elif not INSTALLS.match(command):
                returned, printed = self._execute(re.sub(r"rxeryph demo$", "rxeryph demo --speed 100", command))
                assert returned == int(code or 0), f"{where} {command}\n{printed}"
                if output:
                    compare(output, printed, f"{where} {command}")

    def _execute(self, command: str) -> tuple[int, str]:
        """The exit code and the output. A command of ours that needs no shell runs here, which is faster."""
        if command.startswith("rxeryph ") and not re.search("[|>]", command):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                return run(shlex.split(command)[1:]), printed.getvalue()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        command = re.sub(r"(^|\| )rxeryph ", r"\1python -m rxeryph ", command)
        done = subprocess.run(
            command, shell=True, env=environment, capture_output=True, encoding="utf-8", timeout=120
        )
        return done.returncode, done.stdout


def compare(shown: list[str], printed: str, where: str) -> None:
    assert pattern_of(shown).match(printed), f"{where} printed\n{printed}"
