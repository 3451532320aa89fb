"""A law of ``once=``: whatever is killed, stopped or lost, a key is submitted once, and none is lost silently."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.errors import RxEryphError, SubmissionUnknownError
from rxeryph.journal import intents
from rxeryph.journal.once import MINUTE, TRIES
from tests.property.long_runs import examples
from tests.unit.journal.submitting import HELD, ID, Fate, Killed, Process, World

DEPTH = 3
"""Processes that are under way at the same time, each stopped in the middle of the one before."""


@pytest.fixture(autouse=True)
def quick_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "COST", 2)


class Attempts:
    """Runs attempts, in which others may run whenever a process is stopped."""

    def __init__(self, world: World, data: st.DataObject) -> None:
        self.world = world
        self._data = data
        self._left = 12

    def run(self, depth: int = 0) -> None:
        """One process, which ends, is killed, or gets an error."""
        draw = self._data.draw
        self._left -= 1
        kill = Fate(draw(st.none() | st.integers(0, 12)))
        stops = draw(st.sets(st.integers(0, 10), max_size=2)) if depth < DEPTH else set()

        def before(step: str) -> None:
            if len(kill.steps) in stops and self._left > 0:
                stops.remove(len(kill.steps))
                self.world.wait(draw(st.floats(0.0, 2 * MINUTE)))
                self.run(depth + 1)
                self.world.wait(draw(st.floats(0.0, MINUTE)))
            kill(step)

        process = Process(
            self.world,
            before,
            answer=draw(st.sampled_from(("accepted", "late", "lost", "refused", "unsent"))),
            held=draw(st.floats(0.0, HELD)),
            wall=draw(st.sampled_from((0.0, 300.0, -300.0, -30.0))),
        )
        with suppress(Killed):
            try:
                found = process.submit()
            except RxEryphError:
                return
            assert (found.id, self.world.accepted) == (ID, 1)

    def all(self) -> Iterator[None]:
        """One after the other."""
        while self._left > 0:
            self.run()
            self.world.wait(self._data.draw(st.floats(0.0, 2 * MINUTE)))
            yield


@settings(max_examples=examples(40, 20_000), deadline=None)
@given(st.data())
def test_a_key_is_submitted_once_and_its_operation_is_found(data: st.DataObject) -> None:
    world = World()
    for _ in Attempts(world, data).all():
        world.shown()
        assert world.accepted <= 1
    world.wait(3 * MINUTE)
    world.shown()
    was_accepted = world.accepted
    is_lost = world.kinds[-1:] == ["loss"] or world.kinds[-TRIES:] == ["intent"] * TRIES
    if is_lost and not was_accepted:
        with pytest.raises(SubmissionUnknownError) as caught:
            Process(world).submit()
        assert (caught.value.operation_id, caught.value.retry_after) == (ID, None)
    else:
        assert Process(world).submit().id == ID
        assert world.accepted == 1
