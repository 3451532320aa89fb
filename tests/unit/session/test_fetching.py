"""Results of a real connection fetch on its threads, and are values all the same."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest

from rxeryph import Eryph
from rxeryph.errors import ClosedError, MissingResultError
from rxeryph.events import OperationFinished
from rxeryph.simulator import Simulator

Connect = Callable[..., Eryph]


def test_a_handler_fetches_on_the_only_worker(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, workers=1)
    seen: list[object] = []
    done = threading.Event()

    def handle(event: object) -> None:
        if isinstance(event, OperationFinished):
            seen.extend(event.result.fetch_resources())
            seen.extend(event.result.catlets)

    eryph.catlets.create({"name": "web"}).subscribe(handle, on_completed=done.set)
    assert done.wait(60)
    fetched, catlet = seen
    assert fetched.value == catlet  # type: ignore[attr-defined]


def test_after_the_connection_was_closed_nothing_is_fetched(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator)
    result = eryph.catlets.create({"name": "web"}).wait(60)
    eryph.close()
    with pytest.raises(ClosedError):
        result.fetch_resources()
    with pytest.raises(ClosedError):
        _ = result.catlet


@pytest.mark.parametrize("again", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_results_of_a_group_are_values_without_the_connection(eryph: Eryph, again: Callable[[Any], Any]) -> None:
    stream = eryph.catlets.create({"name": "web"})
    results = eryph.track_all([stream]).wait(60)
    copied = again(results)
    assert copied == results
    result = copied[stream.operation_id]
    assert result.log_entries == stream.wait(60).log_entries
    with pytest.raises(MissingResultError, match=r"not connected to a server"):
        result.fetch_resources()
