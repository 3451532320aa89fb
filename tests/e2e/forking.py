"""A program that forks while its streams run, for ``test_fork``: what the child sees, then what the parent sees."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import rxeryph
from rxeryph.polling import fixed

warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of every fork with threads


def main(endpoint: str, client_id: str, secret: str, running: str, ended: str) -> None:
    settings: dict[str, Any] = {"client_id": client_id, "client_secret": secret, "settle": 0.1}
    settings["polling"] = fixed(0.05)
    eryph = rxeryph.connect(endpoint=endpoint, **settings)
    stream = eryph.track(running)
    seen = threading.Event()
    errors: list[str] = []
    subscription = stream.subscribe(lambda event: seen.set(), lambda error: errors.append(str(error)))
    finished = eryph.track(ended)
    finished.wait(30)
    assert seen.wait(30)
    begun = iter(stream)
    next(begun)
    busy = rxeryph.connect(endpoint=endpoint, **settings)
    getting_token = threading.Thread(target=busy.version)
    getting_token.start()
    time.sleep(0.1)  # the answer takes longer, see the test

    async def awaited() -> object:
        return await stream

    def subscribe(observable: Any) -> None:
        raised: list[Exception] = []
        observable.subscribe(lambda event: None, raised.append)
        raise raised[0]

    def set_policy() -> None:
        stream.polling = fixed(1.0)

    def on_own_connection() -> bool:
        with rxeryph.connect(endpoint=endpoint, **settings) as own:
            return own.track(ended).wait(30).succeeded

    acts: dict[str, Callable[[], object]] = {
        "wait": lambda: stream.wait(30),
        "subscribe": lambda: subscribe(stream),
        "live": lambda: subscribe(stream.live),
        "for": lambda: list(stream),
        "for that had begun": lambda: list(begun),
        "polling": set_policy,
        "submit": lambda: eryph.projects.create("from-a-fork"),
        "await": lambda: asyncio.run(awaited()),
        "track": lambda: eryph.track(running.upper()).wait(30),
        "group": lambda: eryph.track_all([stream, ended]).wait(30),
        "group again": lambda: eryph.track_all([stream]).wait(30),
        "watch": lambda: subscribe(eryph.watch_operations()),
        "schedule": lambda: eryph.scheduler.schedule(lambda *_: None),
        "schedule later": lambda: eryph.scheduler.schedule_relative(0.1, lambda *_: None),
        "request": lambda: eryph.version() is not None,
        "what has ended": lambda: finished.wait(30).succeeded,
        "request while a thread of the parent gets a token": lambda: busy.version() is not None,
        "a connection of its own": on_own_connection,
        "leave": subscription.dispose,
        "close": eryph.close,
    }
    child = os.fork()
    if child == 0:
        try:
            print(json.dumps({name: outcome(act) for name, act in acts.items()}), flush=True)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    in_parent = {
        "result": outcome(lambda: stream.wait(30).succeeded),
        "errors": errors,
        "projects": len(eryph.projects.list()),
    }
    getting_token.join(30)
    busy.close()
    eryph.close()
    print(json.dumps(in_parent))


def outcome(act: Callable[[], object]) -> object:
    try:
        return act()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(*sys.argv[1:])
