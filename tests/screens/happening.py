"""Simulated operations, second by second in simulated time: every run gives the same events."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from random import Random

from rxeryph.events import AnyEvent, OperationFinished
from rxeryph.outcome import OperationResult
from rxeryph.simulator import Simulator
from rxeryph.tracking import NOTHING_KNOWN, Known, observe
from rxeryph.wire.operation import load_operation
from tests.simulation import Raw


def id_of(name: str) -> str:
    """The id of the operation that creates the catlet ``name``."""
    return str(uuid.UUID(int=Random(name).getrandbits(128), version=4))


def happening(catlets: Mapping[str, tuple[int, str]]) -> Iterator[tuple[int, list[AnyEvent]]]:
    """Each second and its events, until all operations have ended.

    ``catlets`` has the second in which each is created, and its parent.
    """
    with Simulator(speed=0) as simulator, closing(Raw(simulator)) as raw:
        running: dict[str, Known] = {}
        second = 0
        while running or any(start >= second for start, _ in catlets.values()):
            for name, (start, parent) in catlets.items():
                if start == second:
                    configuration = {"name": name, "parent": parent}
                    body = {"configuration": configuration, "correlation_id": id_of(name)}
                    running[raw.submit("POST", "/v1/catlets", body)["id"]] = NOTHING_KNOWN
            events: list[AnyEvent] = []
            for operation_id in [*running]:
                running[operation_id], new = observe(
                    running[operation_id], load_operation(raw.operation(operation_id))
                )
                events += new
                complete = running[operation_id].complete_operation
                if complete is not None and complete.status.is_terminal:
                    events.append(OperationFinished(operation_id, complete, OperationResult(complete)))
                    del running[operation_id]
            yield second, events
            simulator.advance(1.0)
            second += 1
