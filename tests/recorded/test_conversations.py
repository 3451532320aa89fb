"""A simulator answers as a real server did, in every conversation that was recorded with one.

With ERYPH_TEST_SERVER (a base URL), ERYPH_TEST_CLIENT and ERYPH_TEST_KEY (a file) the same conversations are held
with that server instead; ERYPH_TEST_CA names a file with certificates to trust.
"""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from rxeryph.simulator import Simulator
from tests.recorded.asking import Server
from tests.recorded.conversation import Conversation

EMPTY = ("catlet-list", "network-config-default")
"""Conversations with a server that has no catlets yet; a real one is asked them first."""
FILES = sorted(
    (Path(__file__).parent / "conversations").glob("*.json"), key=lambda file: (file.stem not in EMPTY, file)
)
REAL = os.environ.get("ERYPH_TEST_SERVER", "") if os.environ.get("ERYPH_TEST_KEY") else ""

Ready = tuple[Server, Callable[[], object]]


@pytest.fixture(scope="session")
def few_keys() -> Iterator[RSAPrivateKey]:
    """Making a key takes longer than most conversations, so a few serve all of them in turn."""
    return itertools.cycle([rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(6)])


@pytest.fixture
def ready(few_keys: Iterator[RSAPrivateKey], monkeypatch: pytest.MonkeyPatch) -> Iterator[Ready]:
    """A server without history, and how to let time pass on it."""
    monkeypatch.setattr(rsa, "generate_private_key", lambda **_: next(few_keys))
    if REAL:
        client, key = os.environ["ERYPH_TEST_CLIENT"], Path(os.environ["ERYPH_TEST_KEY"]).read_text("utf-8")
        urls = f"{REAL}/identity", f"{REAL}/compute"
        with Server(*urls, client, key, os.environ.get("ERYPH_TEST_CA")) as server:
            yield server, lambda: threading.Event().wait(0.1)
        return
    with Simulator(speed=0.0) as simulator:
        urls = simulator.identity_endpoint, simulator.compute_endpoint
        with Server(*urls, simulator.client_id, simulator.private_key) as server:
            yield server, lambda: simulator.advance(10.0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_conversation_goes_as_recorded(file: Path, ready: Ready) -> None:
    server, pass_time = ready
    found = [*Conversation(server, json.loads(file.read_text("utf-8")), pass_time).differences()]
    assert not found, "\n".join(["", *found])
