"""Real brokers on loopback, each in a process and with a directory of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

import pytest

from rxeryph.testing.journal_processes import SOON

SERVER = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")


def need_nats() -> None:
    """Skip the module that calls this if there is no broker to test with."""
    pytest.importorskip("nats", reason="needs nats-py, which rxeryph[test] has")
    if SERVER is None:
        pytest.skip("needs nats-server, which rxeryph[test] has", allow_module_level=True)


class Broker:
    """A broker in ``folder``, on a free port that it keeps when it is started again."""

    def __init__(self, folder: Path, configuration: str = "jetstream {}") -> None:
        self.folder = folder
        self.port = free_port()
        self._configuration = folder / "nats.conf"
        self.configure(configuration)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def configure(self, configuration: str) -> None:
        """Change the configuration for the next start."""
        configuration = configuration.replace("jetstream {", f"jetstream {{ store_dir: {str(self.folder)!r},", 1)
        self._configuration.write_text(f"listen: 127.0.0.1:{self.port}\n{configuration}\n")

    def start(self) -> None:
        assert SERVER is not None
        command = [SERVER, "--config", str(self._configuration), "--log", str(self.folder / "log")]
        self._process = subprocess.Popen(command)
        deadline = time.monotonic() + SOON
        while not self._answers():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            threading.Event().wait(0.02)

    def kill(self) -> None:
        """As a crash of the machine would, except for what is not on the disk yet."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Let it hang: connections stay, nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1.0) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
