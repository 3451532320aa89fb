"""The pytest plugin: the fixtures ``eryph_simulator`` and ``eryph``, and a marker for the arguments of each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..session import Eryph
    from ..simulator import Simulator

SPEED = 200.0
"""Simulated seconds per real second: creating a catlet takes about a fifth of a second."""

MARKERS = (
    "eryph_simulator(speed=200.0, seed=0, api_version=(1, 2), ...):"
    " arguments of rxeryph.simulator.Simulator for the fixture eryph_simulator.",
    "eryph(polling=..., client_id=..., ...): arguments of rxeryph.testing.connect_to for the fixture eryph.",
)


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture
def eryph_simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """A simulated eryph for one test, running at 200 times real speed.

    ``@pytest.mark.eryph_simulator(speed=0, seed=7)`` sets the arguments of ``rxeryph.simulator.Simulator``; on a
    class or module it applies to all tests there. The mark closest to the test wins.
    """
    try:
        from . import Simulator
    except ImportError as error:
        pytest.fail(str(error), pytrace=False)
    arguments = _marked(request, "eryph_simulator", Simulator)
    if "seconds_per_request" not in arguments:  # then time passes with requests, not with a clock
        arguments = {"speed": SPEED, **arguments}
    with Simulator(**arguments) as simulator:
        yield simulator


@pytest.fixture
def eryph(request: pytest.FixtureRequest, eryph_simulator: Simulator) -> Iterator[Eryph]:
    """An ``rxeryph.Eryph`` connected to ``eryph_simulator``, polling fast; closed at the end.

    ``@pytest.mark.eryph(polling=...)`` sets the arguments of ``rxeryph.testing.connect_to``.
    """
    from . import connect_to

    with connect_to(eryph_simulator, **_marked(request, "eryph", connect_to)) as connected:
        yield connected


def _marked(request: pytest.FixtureRequest, name: str, function: Callable[..., object]) -> dict[str, Any]:
    """The arguments of all marks called ``name``, which ``function`` must take; the mark closest to the test wins."""
    legal = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    arguments: dict[str, Any] = {}
    for marker in request.node.iter_markers(name):
        if marker.args:
            pytest.fail(f"@pytest.mark.{name} takes named arguments only, not {marker.args[0]!r}.", pytrace=False)
        unknown = sorted(marker.kwargs.keys() - legal)
        if unknown:
            pytest.fail(
                f"@pytest.mark.{name} has no argument {unknown[0]!r}. There are: {', '.join(legal)}.", pytrace=False
            )
        arguments = {**marker.kwargs, **arguments}
    return arguments
