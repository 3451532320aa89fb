"""A law of the whole connection: however late a server is, no operation and no log entry is lost or doubled.

A long run plays 10,000 histories: ``tests/property/long_runs.py`` says how.
"""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from rxeryph import ErrorBudget, Eryph, OperationStream
from rxeryph.errors import RxEryphError, ServerError, SubmissionUnknownError
from rxeryph.events import LogEntryAdded, OperationFinished
from rxeryph.polling import Batching, PollingPolicy, activity, fixed
from tests.observing import Spy
from tests.property.late_server import BROKEN, DROPPED, LOST, UNSENT, Course, LateServer, Made
from tests.property.long_runs import examples

LATEST = 25.0
"""Seconds by which a busy server is late."""

MARGIN = 0.95
"""An entry becomes visible so much of the allowed time after the last news, at most."""

PATIENCE = ErrorBudget(attempts=10_000, seconds=1e6)
"""A server that is slow for a whole history is not given up."""

lateness = st.floats(0.0, LATEST)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Entries come at any time while it runs, and after its end is shown no later than the lag that it admits.

    It admits it with an entry that is stored when the end is shown; without one the server must be as fast as an idle
    one from then on.
    """
    running = draw(lateness)
    ended = draw(st.floats(0.0, 60.0))
    shown = max(running, ended + draw(lateness))
    entries = [draw(st.floats(0.0, shown)) for _ in range(draw(st.integers(0, 3)))]
    lag = 0.0
    if draw(st.booleans()):
        entries.append(shown)
        lag = shown - ended
    moment = shown
    for _ in range(draw(st.integers(0, 4))):
        moment += draw(st.sampled_from((0.1, 0.5, MARGIN))) * max(1.0, lag)
        entries.append(moment)
    return Course(running, ended, shown, tuple(sorted(entries)))


class LateServerLaw(RuleBasedStateMachine):
    """A program submits, tracks, subscribes and leaves, in any order, while time passes."""

    @initialize(
        late=lateness,
        seed=st.integers(0, 2**32),
        policy=st.sampled_from((fixed(0.5), fixed(2.0), activity())),
        batching=st.sampled_from((Batching.NEVER, Batching.ALWAYS)),
    )
    def connect(self, late: float, seed: int, policy: PollingPolicy, batching: Batching) -> None:
        self.server = LateServer(late, seed)
        self.eryph: Eryph = self.server.connect(policy, batching, PATIENCE)
        self.streams: dict[str, OperationStream] = {}
        self.spies: list[tuple[Spy, set[str]]] = []
        self.watching: list[Spy] = []

    @rule(course=courses(), held=lateness, how=st.sampled_from(("answered", "lost", "timeout", "unsent first")))
    def submit(self, course: Course, held: float, how: str) -> None:
        """The server carries it out after a while, and the answer may be lost."""
        posts: list[str] = []

        def post(operation_id: str) -> Made | Exception:
            posts.append(operation_id)
            if how == "unsent first" and len(posts) == 1:
                return UNSENT
            if how == "lost":
                made_later = min(held, 4.5)
                self.server.later(made_later, lambda: self.server.make(operation_id, course))
                return LOST
            if how == "timeout":
                self.server.later(held, lambda: self.server.make(operation_id, course))
                self.server.wait(10.0)
                return DROPPED
            self.server.wait(held)
            return self.server.make(operation_id, course)

        self.server.post = post
        stream = self.eryph.catlets.create({"name": "web"}, correlation_id=self.server.new_id())
        assert len(posts) == 1 + (how == "unsent first")
        assert set(posts) == {stream.operation_id}
        self.streams[stream.operation_id] = stream

    @rule(how=st.sampled_from((LOST, DROPPED, BROKEN)))
    def submit_to_no_effect(self, how: RxEryphError) -> None:
        """The server drops it; it is sent once, and the error says which operation to look for."""
        posts: list[str] = []

        def post(operation_id: str) -> Exception:
            posts.append(operation_id)
            return type(how)(**{**vars(how), "message": str(how)})

        self.server.post = post
        with pytest.raises((SubmissionUnknownError, ServerError)) as caught:
            self.eryph.catlets.create({"name": "web"}, correlation_id=self.server.new_id())
        assert posts == [caught.value.operation_id]

    @rule(course=courses(), number=st.integers(0, 2**64))
    def track(self, course: Course, number: int) -> None:
        """Another program starts an operation."""
        operation_id = str(uuid.UUID(int=number))
        if operation_id not in self.server.operations:
            self.server.make(operation_id, course)
        self.streams.setdefault(operation_id, self.eryph.track(operation_id))

    @rule(which=st.integers(0), way=st.sampled_from(("stream", "all")))
    def subscribe(self, which: int, way: str) -> None:
        if not self.streams:
            return
        chosen = list(self.streams) if way == "all" else [list(self.streams)[which % len(self.streams)]]
        spy = Spy(self.server.scheduler)
        observable = (
            self.streams[chosen[0]]
            if way == "stream"
            else self.eryph.track_all([self.streams[each] for each in chosen])
        )
        spy.subscription = observable.subscribe(spy)
        self.spies.append((spy, set(chosen)))
        self.watching.append(spy)

    @rule(which=st.integers(0))
    def leave(self, which: int) -> None:
        if self.watching:
            self.watching.pop(which % len(self.watching)).leave()

    @rule(seconds=st.floats(0.1, 40.0))
    def wait(self, seconds: float) -> None:
        self.server.wait(seconds)

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        for operation_id, stream in self.streams.items():
            spy = Spy(self.server.scheduler)
            spy.subscription = stream.subscribe(spy)
            self.spies.append((spy, {operation_id}))
            self.watching.append(spy)
        self.server.wait(5000.0)
        assert set(self.streams) == set(self.server.operations)
        for spy, chosen in self.spies:
            seen = [event.entry.id for event in spy.events if isinstance(event, LogEntryAdded)]
            due = [id for each in chosen for id in self.server.operations[each].entries]
            assert len(set(seen)) == len(seen), "doubled"
            assert set(seen) <= set(due)
            if spy in self.watching:
                assert not spy.errors, spy.errors
                assert sorted(seen) == sorted(due), "lost"
                ends = [event for event in spy.events if isinstance(event, OperationFinished)]
                assert sorted(event.operation_id for event in ends) == sorted(chosen)
                for event in ends:
                    found = [entry.id for entry in event.result.log_entries]
                    assert sorted(found) == sorted(self.server.operations[event.operation_id].entries)
        self.eryph.close()


TestLateServer = LateServerLaw.TestCase
TestLateServer.settings = settings(
    max_examples=examples(40, 10_000),
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)
