"""``run_together``: several functions at the same time, for a caller who waits for all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import TypeVar

from .workers import Submit

ResultT = TypeVar("ResultT")

SLICE = 0.2
"""Longest single wait in seconds: on Windows, Ctrl-C cannot interrupt a wait without end."""


def run_together(functions: Iterable[Callable[[], ResultT]], submit: Submit, at_once: int = 8) -> list[ResultT]:
    """Run ``functions``, up to ``at_once`` (at least 1) at the same time, and return their results in order.

    The calling thread runs them itself, and every worker that ``submit`` finds free helps. So the caller may be a
    worker too, and does not wait for workers that are busy or closed. Raises the first error, in the order of the
    functions, after all have run; KeyboardInterrupt and SystemExit are raised at once.
    """
    calls: list[tuple[Callable[[], ResultT], Future[ResultT]]] = [(function, Future()) for function in functions]
    waiting = deque(calls)

    def take_part() -> None:
        while waiting:
            try:
                function, future = waiting.popleft()
            except IndexError:  # another thread took the last one
                return
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)
                if not isinstance(error, Exception):
                    raise

    for _ in range(min(at_once, len(calls)) - 1):
        submit(take_part)
    try:
        take_part()
        return [_result(future) for _, future in calls]
    finally:
        waiting.clear()


def _result(future: Future[ResultT]) -> ResultT:
    while not future.done():
        wait((future,), SLICE)
    return future.result()
