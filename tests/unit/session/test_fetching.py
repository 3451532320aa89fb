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


def test_several_are_fetched_on_the_calling_thread_and_on_workers(eryph: Eryph) -> None:
    eryph.projects.create("dev").wait(60)
    for name in "abc":
        eryph.catlets.create({"name": name, "project": "dev"}).wait(60)
    threads: list[str] = []
    get = eryph.catlets.get

    def noted(catlet_id: str, **options: Any) -> object:
        threads.append(threading.current_thread().name)
        return get(catlet_id, **options)

    eryph.catlets.get = noted  # type: ignore[assignment, method-assign]
    assert all(each.is_deleted for each in eryph.projects.delete("dev").wait(60).fetch_resources())
    assert len(threads) == 3
    assert all(name.startswith(("rxeryph-worker", threading.current_thread().name)) for name in threads)


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
