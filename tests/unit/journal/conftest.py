"""A broker for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.journal.brokers import Broker


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running
