"""``rxeryph simulate``: print how to connect, and serve until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import shlex
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..credentials import replace_file
from ..errors import ConfigurationError
from ..reading import read_file
from . import exit_codes
from .demo import missing_simulator
from .options import ServerVersion

if TYPE_CHECKING:
    from ..simulator import Simulator


def run_simulator(
    *,
    port: int,
    speed: float | None,
    seconds_per_request: float | None,
    seed: int,
    version: ServerVersion,
    log_bug: bool | None,
    token_lifetime: float,
    load: float,
    environments: Iterable[str],
    data_stores: Iterable[str],
    flat_providers: Iterable[str],
    tls: bool,
    key_file: Path | None,
    as_json: bool,
) -> int:
    """Serve until interrupted. Raises ConfigurationError for an unusable port or file, or for conflicting options."""
    try:
        from ..simulator import Simulator
        from ..simulator.clock import BEGINNING, DEFAULT_SPEED
    except ModuleNotFoundError as error:
        raise missing_simulator(error) from error
    pace = _pace(speed or DEFAULT_SPEED, seconds_per_request, is_given=speed is not None)
    simulator = Simulator(
        port=port,
        speed=speed,
        seconds_per_request=seconds_per_request,
        seed=seed,
        api_version=version.numbers,
        log_bug=log_bug,
        token_lifetime=token_lifetime,
        load=load,
        environments=tuple(environments),
        data_stores=tuple(data_stores),
        flat_providers=tuple(flat_providers),
        tls=tls,
    )
    if seconds_per_request is None:  # else the same requests get the same answers, with the same times
        simulator.advance(max(0.0, (datetime.now(UTC) - BEGINNING).total_seconds()))
    _start(simulator, port)
    try:
        # A program may interrupt as soon as it has read how to connect.
        with _until_interrupted(), _key(simulator.private_key, key_file) as path:
            _print(simulator, path, pace, as_json)
            wait_for_interrupt()
    finally:
        simulator.stop()
    return exit_codes.SUCCESS


def _start(simulator: Simulator, port: int) -> None:
    try:
        simulator.start()
    except OSError as error:
        raise ConfigurationError(
            f"--port {port}: {error.strerror}. Choose another port, or 0 for a free one.", member="port"
        ) from error


def _pace(speed: float, seconds_per_request: float | None, *, is_given: bool) -> str:
    if seconds_per_request is None:
        return f"{speed:g} times as fast as a real one"
    if is_given:
        message = "--speed and --seconds-per-request exclude each other. Leave one of them out."
        raise ConfigurationError(message, member="speed")
    return f"and {seconds_per_request:g} s pass with each request"


def _print(simulator: Simulator, key_file: Path, pace: str, as_json: bool) -> None:
    endpoint, client_id, ca_file = simulator.endpoint, simulator.client_id, simulator.ca_file
    facts = {"endpoint": endpoint, "client_id": client_id, "private_key": str(key_file)}
    if as_json:
        secure = {"ca_file": ca_file, "fingerprint": simulator.fingerprint} if ca_file else {}
        print(json.dumps(facts | secure), flush=True)
        return
    print(f"A simulated eryph is running, {pace}. Press Ctrl-C to stop it.", end=" ")
    arguments = "".join(f"    {name}={value!r},\n" for name, value in facts.items())
    if ca_file is not None:
        arguments += f"    verify={ca_file!r},\n"
    print("To connect in Python:\n")
    print(f"import rxeryph\neryph = rxeryph.connect(\n{arguments})\n")
    variables = {
        "ERYPH_IDENTITY_ENDPOINT": f"{endpoint}/identity",
        "ERYPH_COMPUTE_ENDPOINT": f"{endpoint}/compute",
        "ERYPH_CLIENT_ID": client_id,
        "ERYPH_PRIVATE_KEY_FILE": str(key_file),
    } | ({"ERYPH_CA_FILE": ca_file} if ca_file else {})
    print("To use rxeryph in another terminal, paste this there (bash, zsh, sh):\n")
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    print("\nor this (PowerShell):\n")
    for name, value in variables.items():
        quoted = value.replace("'", "''")
        print(f"$env:{name} = '{quoted}'")
    print(flush=True)


@contextlib.contextmanager
def _key(text: str, path: Path | None) -> Iterator[Path]:
    """Write the key to a file that only its owner can read. A temporary file is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="rxeryph-") as directory:
        target = path or Path(directory, "client.key")
        try:
            if not _is_replaceable(target):
                raise ConfigurationError(
                    f"--key-file: {str(target)!r} is a link, or is not a key. Choose another file.",
                    place=str(target),
                )
            replace_file(target, text.encode("ascii"), 0o600, most=0o600, follow=False)
        except OSError as error:
            raise ConfigurationError(
                f"--key-file: cannot write {str(target)!r}: {error.strerror}.", place=str(target)
            ) from error
        yield target


def _is_replaceable(path: Path) -> bool:
    """True if there is no such file, or one that may be from an earlier run."""
    if path.is_symlink():
        return False
    try:
        content = read_file(path)
    except FileNotFoundError:
        return True
    except ValueError:
        return False
    return not content or content.startswith(b"-----BEGIN RSA PRIVATE KEY-----")


@contextlib.contextmanager
def _until_interrupted() -> Iterator[None]:
    """End the block, and nothing else, on Ctrl-C or SIGTERM."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, previous)


def wait_for_interrupt() -> None:
    """Wait until a signal interrupts it."""
    forever = threading.Event()
    while not forever.wait(0.5):  # on Windows, Ctrl-C cannot interrupt a wait without a timeout
        pass
