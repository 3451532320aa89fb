"""Keys that are made when they are needed."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from rxeryph.simulator import Simulator


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[rsa.RSAPrivateKey]:
    """The keys that were made."""
    keys: list[rsa.RSAPrivateKey] = []
    make = rsa.generate_private_key

    def note(public_exponent: int, key_size: int) -> rsa.RSAPrivateKey:
        keys.append(make(public_exponent, key_size))
        return keys[-1]

    monkeypatch.setattr(rsa, "generate_private_key", note)
    return keys


def test_a_simulator_starts_and_stops_without_a_key(made: list[rsa.RSAPrivateKey]) -> None:
    with Simulator() as simulator:
        simulator.add_client("another")
    assert not made


def test_threads_that_need_the_key_at_the_same_time_get_the_same_one(made: list[rsa.RSAPrivateKey]) -> None:
    simulator, together = Simulator(), Barrier(4)

    def read(_: int) -> str:
        together.wait(5)
        return simulator.private_key

    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(read, range(4)))
    assert (len(keys), len(made)) == (1, 1)


def test_each_simulator_has_a_key_of_its_own() -> None:
    first, second = itertools.islice(iter(Simulator, None), 2)
    assert first.private_key != second.private_key
