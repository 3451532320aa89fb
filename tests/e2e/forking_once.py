"""A program that forks while it has a journal, for ``test_fork``: both processes submit with the same keys."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import closing

import rxeryph
from rxeryph import Eryph
from rxeryph.journal import open as open_journal
from rxeryph.journal.submission import operation_id_of
from tests.e2e.forking import outcome

warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of every fork with threads


def main(endpoint: str, client_id: str, secret: str, url: str, way: str) -> None:
    def connect() -> Eryph:
        return rxeryph.connect(endpoint=endpoint, client_id=client_id, client_secret=secret, journal=url, settle=0.1)

    def create(eryph: Eryph, key: str) -> str:
        return eryph.catlets.create({"name": key}, once=key).operation_id

    def in_child() -> None:
        acts: dict[str, Callable[[], object]] = {
            "connection of the parent": lambda: create(eryph, "never"),
            "journal of the parent": opened.read,
            "close the connection": eryph.close,
            "close the journal": opened.close,
        }
        report = {name: outcome(act) for name, act in acts.items()}
        with connect() as own:
            os.write(both, b"1")
            for key in ("both", "before", "child", "after"):
                report[key] = create(own, key)
            own.track(operation_id_of("child")).wait(60)
        print(json.dumps(report), flush=True)

    can_both, both = os.pipe()
    with closing(open_journal(url)) as opened:
        eryph = connect()
        report = {"before": create(eryph, "before")}
        join = started(in_child, way)
        os.read(can_both, 1)
        report["both"] = create(eryph, "both")
        report["parent"] = create(eryph, "parent")
        eryph.close()
        join()
        with connect() as again:
            report["after"] = create(again, "after")
            report["child"] = create(again, "child")
    print(json.dumps(report), flush=True)


def started(act: Callable[[], None], way: str) -> Callable[[], object]:
    """Run ``act`` in a fork, and return what waits for its end."""
    if way == "multiprocessing":
        process = multiprocessing.get_context("fork").Process(target=act)
        process.start()
        return process.join
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return lambda: os.waitpid(child, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
