"""A law of ``once=``: whatever is killed, stopped or lost, a key is submitted once, and none is lost silently."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from threading import Semaphore

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.errors import ConfigurationError, JournalError, RxEryphError, SubmissionUnknownError, TransportError
from rxeryph.journal import intents
from rxeryph.journal.steps import MINUTE, TRIES
from tests.property.long_runs import examples
from tests.unit.journal.submitting import HELD, ID, URL, Fate, Killed, Process, World

LAST_STEP = 15
ANSWERS = ("accepted", "late", "lost", "refused")
WRONG = (0.0, 300.0, -300.0, -30.0)
"""Seconds by which a clock may be wrong."""
LONGEST = 0.75 * MINUTE
"""Seconds for which a server may hold a request if all clocks are right."""


@dataclass(frozen=True)
class Life:
    """What happens to one process."""

    begins: int
    """Seconds after the one before."""
    stops: dict[int, int]
    """How long it is stopped, at which of its steps."""
    fails_at: int | None
    """The step at which the journal or the server fails."""
    dies_at: int | None
    answer: str
    held: float
    """The part of the longest time for which the server holds its request."""
    wall: float


STEPS = st.integers(0, LAST_STEP)
SECONDS = st.integers(0, int(MINUTE / 4)) | st.integers(0, int(2 * MINUTE))
STOPS = st.dictionaries(STEPS, SECONDS, max_size=2)
HARM = st.sampled_from((*[None] * 45, *range(LAST_STEP)))
"""At which step something happens; mostly at none, for else few processes would send anything."""
LIFE = st.builds(
    Life,
    *(SECONDS, STOPS, HARM, HARM),
    *(st.sampled_from(ANSWERS), st.sampled_from((0.0, 0.5, 1.0)), st.sampled_from(WRONG)),
)


class Together(World):
    """Processes that are under way at the same time: each runs on a thread until it waits, and then another does."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._is_idle = Semaphore(0)

    def run(self, processes: Sequence[tuple[float, Callable[[], None]]]) -> None:
        """Run each from its number of seconds on, until all have ended. Raises what they raise."""
        ended: list[Future[None]] = []
        with ThreadPoolExecutor(len(processes)) as threads:

            def begin(process: Callable[[], None]) -> None:
                ended.append(threads.submit(process))
                ended[-1].add_done_callback(lambda _: self._is_idle.release())

            for seconds, process in processes:
                self._wake(seconds, partial(begin, process))
            while self._waiting:
                at, _, wake = heappop(self._waiting)
                super().wait(at - self.seconds)
                wake()
                self._is_idle.acquire()
        for each in ended:
            each.result()

    def wait(self, seconds: float) -> None:
        turn = Semaphore(0)
        self._wake(seconds, turn.release)
        self._is_idle.release()
        turn.acquire()

    def _wake(self, seconds: float, wake: Callable[[], object]) -> None:
        heappush(self._waiting, (self.seconds + seconds, next(self._numbers), wake))


def failure(step: str) -> Exception | None:
    """What a step raises if the journal or the server fails."""
    if step in ("prepare", "look", "send"):
        return TransportError("the connection was lost.", **URL)
    return None if step in ("sent", "wait") else JournalError("The disk is full.", place="the disk")


@pytest.fixture(autouse=True)
def quick_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "COST", 2)


@settings(max_examples=examples(150, 20_000), deadline=None)
@given(st.lists(LIFE, min_size=1, max_size=12), st.booleans())
def test_a_key_is_submitted_once_and_its_operation_is_found(lives: list[Life], are_clocks_right: bool) -> None:
    world = Together()
    lost: list[SubmissionUnknownError] = []

    def live(life: Life) -> None:
        fate, stops = Fate(life.dies_at), dict(life.stops)

        def before(step: str) -> None:
            number = len(fate.steps)
            if number in stops:
                world.wait(stops.pop(number))
            fate(step)
            error = failure(step) if number == life.fails_at else None
            if error is not None:
                raise error

        held = life.held * (LONGEST if are_clocks_right else HELD)
        wall = 0.0 if are_clocks_right else life.wall
        try:
            found = Process(world, before, answer=life.answer, held=held, wall=wall).submit()
        except SubmissionUnknownError as error:
            if error.retry_after is None:
                lost.append(error)
        except ConfigurationError:
            raise
        except RxEryphError:
            pass
        else:
            assert (found.id, world.accepted) == (ID, 1)

    def live_and_die(life: Life) -> None:
        with suppress(Killed):
            live(life)

    begins = itertools.accumulate(life.begins for life in lives)
    world.run([(at, partial(live_and_die, life)) for at, life in zip(begins, lives, strict=True)])

    def last() -> None:
        world.shown()
        is_lost = world.kinds[-1:] == ["loss"] or world.kinds[-TRIES:] == ["intent"] * TRIES
        if is_lost and not world.accepted:
            with pytest.raises(SubmissionUnknownError) as caught:
                Process(world).submit()
            assert (caught.value.operation_id, caught.value.retry_after) == (ID, None)
        else:
            assert not lost
            assert Process(world).submit().id == ID
            assert world.accepted == 1

    world.run([(3 * MINUTE, last)])
