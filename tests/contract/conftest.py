"""The server that the behaviour tests talk to: a simulator, or the real one that ``ERYPH_TEST_SERVER`` names."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest

import rxeryph
from rxeryph import Eryph
from rxeryph.model import ApiVersion, Catlet, Project
from rxeryph.simulator import SeenRequest, Simulator
from rxeryph.testing import connect_to
from tests.contract.endpoints import oldest_with
from tests.contract.exercises import exercised_by, shape

REAL = os.environ.get("ERYPH_TEST_SERVER", "")
"""The name of a configuration, or a URL; then ERYPH_TEST_CLIENT_ID and ERYPH_TEST_PRIVATE_KEY say who to be."""

PATIENCE = 900.0 if REAL else 30.0
"""Seconds an operation of these tests may take."""


def only_simulated(reason: str) -> pytest.MarkDecorator:
    """Not for a real server."""
    return pytest.mark.skipif(bool(REAL), reason=reason)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Eryph]:
    """Connected; on a simulator, the test has to reach with success what it says to exercise."""
    if REAL:
        with _connect_to_real() as eryph:
            if not eryph.version().supports(needed := ApiVersion(*oldest_with(exercised_by(request.function)))):
                pytest.skip(f"needs API {needed}")
            yield eryph
        return
    with Simulator(speed=200.0, api_version=(1, 3)) as simulator:
        with connect_to(simulator) as eryph:
            yield eryph
        seen = [(_endpoint(each), each.status or 500) for each in simulator.requests]
    missed = [
        each
        for each in exercised_by(request.function)
        if not any(shape(each).fullmatch(endpoint) and status < 300 for endpoint, status in seen)
    ]
    assert not missed, f"said to be exercised, but not reached: {missed}"


def _endpoint(seen: SeenRequest) -> str:
    """The request as ``exercises`` writes it."""
    _, service, path = seen.path.split("/", 2)
    return f"{'' if service == 'compute' else f'{service}: '}{seen.method} /{path}"


def _connect_to_real() -> Eryph:
    if "://" not in REAL:
        return rxeryph.connect(REAL)
    try:
        client_id, private_key = os.environ["ERYPH_TEST_CLIENT_ID"], os.environ["ERYPH_TEST_PRIVATE_KEY"]
    except KeyError as error:
        pytest.fail(f"ERYPH_TEST_SERVER={REAL} needs {error.args[0]} too; see docs/contributing/index.md")
    return rxeryph.connect(endpoint=REAL, client_id=client_id, private_key=private_key)


@pytest.fixture
def project(server: Eryph) -> Iterator[Project]:
    """A project of the test's own; deleting it deletes what is in it."""
    result = server.projects.create(f"rxeryph-{uuid.uuid4().hex[:8]}").wait(PATIENCE)
    result.raise_for_status()
    yield result.project
    server.projects.delete(result.project.id).wait(PATIENCE).raise_for_status()


@pytest.fixture
def catlet(server: Eryph, project: Project) -> Catlet:
    """A small catlet without a parent, turned off."""
    result = server.catlets.create(
        {
            "name": "small",
            "project": project.name,
            "cpu": {"count": 1},
            "memory": {"startup": 512},
            "drives": [{"name": "sda", "size": 1}],
        }
    ).wait(PATIENCE)
    result.raise_for_status()
    return result.catlet
