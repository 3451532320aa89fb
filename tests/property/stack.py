"""One user, one connection and one simulator that fails, for ``test_stack_laws``."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Set
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule

import rxeryph
from rxeryph.errors import OperationTimeoutError, RxEryphError
from rxeryph.events import LogEntryAdded, OperationFinished, TaskAdded, TrackingFailed
from rxeryph.http import Timeouts
from rxeryph.operators import then
from rxeryph.polling import Batching, fixed
from rxeryph.retry import ErrorBudget, is_transient_status
from rxeryph.simulator import Fail, Log, Pause, Simulator, Task
from rxeryph.streams import EventStream, OperationStream
from tests.observing import Spy
from tests.simulation import Raw

LONG_AFTER = 3600.0
"""Seconds of simulated time in which every operation ends that can."""

PATIENCE = 45.0
"""Real seconds in which every stream must have ended then."""

BUDGET = ErrorBudget(attempts=100_000, seconds=600.0, first=0.002, maximum=0.02)
ENDED = ("Completed", "Failed", "Cancelled")

logs = st.builds(Log, st.text(max_size=3), seconds=st.floats(0, 2), late=st.sampled_from((0.0, 0.0, 1.0)))
actions = st.one_of(logs, st.builds(Pause, st.floats(0, 20)), st.builds(Fail, st.just("broken")))
tasks = st.lists(actions, max_size=3).map(lambda steps: Task("Part", *steps))
scripts = st.lists(actions | tasks, max_size=5).map(lambda steps: Task("Script", *steps))

statuses = st.sampled_from((400, 401, 403, 404, 408, 409, 425, 429, 500, 500, 502, 503, 504, 520, 599))
DEEP = "deep JSON"
bodies = st.sampled_from(("", "{}", "null", "[]", '{"value":[{}]}', "not JSON", '{"id":"x"}', "\ufeff{}", DEEP))
transient = st.one_of(
    st.tuples(st.just("busy"), st.fixed_dictionaries({"retry_after": st.sampled_from((None, 0.0, 0.05))})),
    st.tuples(st.just("html"), st.fixed_dictionaries({"status": st.sampled_from((200, 202, 502))})),
    st.tuples(
        st.just("reset"),
        st.one_of(
            st.fixed_dictionaries({"processed": st.booleans()}),
            st.fixed_dictionaries({"commit_after": st.sampled_from((0.0, 0.1))}),
        ),
    ),
    st.tuples(st.just("truncate"), st.just({})),
    st.tuples(st.just("dribble"), st.fixed_dictionaries({"seconds": st.sampled_from((0.05, 0.5, 2.0))})),
    st.tuples(st.just("delay"), st.fixed_dictionaries({"seconds": st.sampled_from((0.05, 0.5))})),
    st.tuples(st.just("hang"), st.just({})),
)
answers = st.one_of(
    st.tuples(st.just("problem"), st.fixed_dictionaries({"status": statuses, "processed": st.booleans()})),
    st.tuples(
        st.just("reply"),
        st.fixed_dictionaries(
            {"status": st.sampled_from((200, 202, 500)), "body": bodies, "processed": st.booleans()}
        ),
    ),
    st.tuples(st.just("redirect"), st.just({"location": "/elsewhere"})),
)
places = st.sampled_from(
    ("", "/v1/operations", "/v1/operations$", "/v1/operations/.", "/v1/catlets", "connect/token$")
)


class Stack(RuleBasedStateMachine):
    """A user's acts and a server's faults. Its time passes only by ``advance``; ``teardown`` states the laws."""

    operations: Bundle[str] = Bundle("operations")
    spies: Bundle[Spy] = Bundle("spies")

    @initialize(batching=st.sampled_from(Batching), workers=st.integers(1, 4), interval=st.sampled_from((0.01, 0.1)))
    def connect(self, batching: Batching, workers: int, interval: float) -> None:
        self.threads, self.sockets = set(threading.enumerate()), open_sockets()
        self.simulator = Simulator(speed=0.0).start()
        self.eryph = rxeryph.connect(
            endpoint=self.simulator.endpoint,
            client_id=self.simulator.client_id,
            client_secret=self.simulator.client_secret,
            polling=fixed(interval),
            settle=0.05,
            error_budget=BUDGET,
            request_timeout=Timeouts(connect=5.0, read=0.3, total=1.0),
            batching=batching,
            workers=workers,
        )
        self.known: set[str] = set()  # ids that the user can know
        self.streams: dict[str, OperationStream] = {}
        self.watching: list[tuple[EventStream, Spy, bool]] = []  # whether it began with the history
        self.broken: list[Spy] = []
        self.discovering: list[tuple[Spy, set[str]]] = []  # what it need not see
        self.chained: list[tuple[Spy, list[str]]] = []
        self.shown: dict[str, Any] = {}  # by the server, at the end
        self.restarted_at = 0.0
        self.is_survivable = True  # False once the server has answered with what ends a stream

    # -- a user

    @rule(target=operations, script=scripts)
    def play(self, script: Task) -> str:
        operation_id = self.simulator.play(script)
        self.known.add(operation_id)
        self.streams[operation_id] = self.eryph.track(operation_id)
        return operation_id

    @rule()
    def submit(self) -> None:
        with contextlib.suppress(RxEryphError):
            self._submit()

    def _submit(self) -> OperationStream:
        try:
            stream = self.eryph.catlets.create({"name": "web"})
        except RxEryphError as error:
            self.known.add(str(getattr(error, "operation_id", None)))
            raise
        self.known.add(stream.operation_id)
        self.streams[stream.operation_id] = stream
        return stream

    @rule(target=spies, operation=operations, has_history=st.booleans())
    def subscribe(self, operation: str, has_history: bool) -> Spy:
        stream = self.streams[operation]
        return self._watch(stream, has_history=has_history)

    def _watch(self, stream: EventStream, *, has_history: bool = True) -> Spy:
        spy = Spy()
        spy.subscription = (stream if has_history else stream.live).subscribe(spy)
        self.watching.append((stream, spy, has_history))
        return spy

    @rule(target=spies, fail_fast=st.booleans())
    def subscribe_to_all(self, fail_fast: bool) -> Spy:
        return self._watch(self.eryph.track_all(list(self.streams.values()), fail_fast=fail_fast))

    @rule(spy=spies)
    def dispose(self, spy: Spy) -> None:
        spy.leave()

    @rule(operation=operations, error=st.sampled_from((ValueError, GeneratorExit)))
    def subscribe_and_raise(self, operation: str, error: type[BaseException]) -> None:
        spy = Spy(raises={"on_next": error("mine")})
        spy.subscription = self.streams[operation].subscribe(spy)
        self.broken.append(spy)

    @rule(operation=operations)
    def subscribe_to_a_chain(self, operation: str) -> None:
        calls: list[str] = []

        def follow(result: object) -> OperationStream:
            calls.append("")
            return self._submit()

        spy = Spy()
        spy.subscription = self.streams[operation].pipe(then(follow)).subscribe(spy)
        self.chained.append((spy, calls))

    @rule(operation=operations, timeout=st.sampled_from((0.0, 0.05, 0.2)))
    def wait(self, operation: str, timeout: float) -> None:
        with contextlib.suppress(RxEryphError):
            assert self.streams[operation].wait(timeout).operation.id == operation

    @rule(operation=operations)
    def cancel(self, operation: str) -> None:
        with contextlib.suppress(RxEryphError):
            self.streams[operation].cancel()

    @rule(operation=operations, interval=st.sampled_from((0.01, 0.1, 60.0)))
    def poll_otherwise(self, operation: str, interval: float) -> None:
        self.streams[operation].polling = fixed(interval)

    @precondition(lambda self: len(self.discovering) < 2)
    @rule()
    def watch_for_new_ones(self) -> None:
        """It sees one that is played now, and everything that comes after that."""
        spy = Spy()
        spy.subscription = self.eryph.watch_operations(include_running=True).subscribe(spy)
        before, first = set(self.known), self.play(Task("First", Pause(1.0)))
        if eventually(lambda: first in ids_of(spy), 1.0):
            self.discovering.append((spy, before))
        else:
            spy.leave()

    # -- a server

    @rule(seconds=st.sampled_from((0.5, 5.0, 60.0)))
    def advance(self, seconds: float) -> None:
        self.simulator.advance(seconds)

    @rule(fault=transient, method=st.sampled_from(("GET", "POST", None)), path=places, times=st.integers(1, 3))
    def fail_for_a_while(self, fault: tuple[str, dict[str, Any]], method: str | None, path: str, times: int) -> None:
        name, arguments = fault
        if name == "html" and path in ("", "connect/token$"):
            self.is_survivable = False  # no identity provider
        getattr(self.simulator.faults, name)(**arguments, method=method, path=path, times=times)

    @rule(fault=answers, method=st.sampled_from(("GET", "POST", None)), path=places, times=st.integers(1, 2))
    def answer_wrongly(self, fault: tuple[str, dict[str, Any]], method: str | None, path: str, times: int) -> None:
        name, arguments = fault
        is_transient = name == "reply" or (name == "problem" and is_transient_status(arguments["status"]))
        if not is_transient or path in ("", "connect/token$"):
            self.is_survivable = False
        if arguments.get("body") == DEEP:
            arguments = {**arguments, "body": "[" * 100_000}
        getattr(self.simulator.faults, name)(**arguments, method=method, path=path, times=times)

    @rule(operation=st.none() | operations)
    def be_unreadable(self, operation: str | None) -> None:
        self.simulator.faults.unreadable(operation, times=3)

    @rule()
    def ignore_cancel(self) -> None:
        self.simulator.faults.ignore_cancel()

    @rule()
    def get_well(self) -> None:
        self.simulator.faults.clear()

    @rule()
    def defer_logs(self) -> None:
        self.simulator.defer_logs()

    @rule()
    def restart(self) -> None:
        self._restart(self.simulator.restart)

    def _restart(self, restart: Callable[[], None]) -> None:
        restart()
        if time.monotonic() - self.restarted_at < 2.0:
            self.is_survivable = False  # the last server refuses a token that the one before has just given
        self.restarted_at = time.monotonic()

    @rule(operation=operations)
    def forget(self, operation: str) -> None:
        with contextlib.suppress(KeyError):  # it was forgotten before
            self.simulator.forget(operation)

    @rule()
    def reset_database(self) -> None:
        self._restart(self.simulator.reset_database)

    # -- the laws

    def teardown(self) -> None:
        if not hasattr(self, "eryph"):
            return
        try:
            self._check()
        finally:
            self.eryph.close()
            self.simulator.stop()

    def _check(self) -> None:
        simulator = self.simulator
        simulator.faults.clear()
        with contextlib.closing(Raw(simulator)) as raw:
            for stream in list(self.streams.values()):
                stream.polling = fixed(0.01)
                self._watch(stream)
            ended_at: dict[str, Any] = {}

            def has_ended() -> bool:
                simulator.advance(LONG_AFTER)
                shown = {each["id"]: each for each in raw.get("/v1/operations?expand=logs,tasks")["value"]}
                ended_at.clear()
                ended_at.update((id_, each) for id_, each in shown.items() if each["status"] in ENDED)
                streams = list(self.streams.items())
                is_over = all(has_end(stream) for id_, stream in streams if id_ in ended_at or id_ not in shown)
                self.shown = shown
                return is_over and len(streams) == len(self.streams)

            assert eventually(has_ended, PATIENCE), [
                stream for id_, stream in self.streams.items() if not has_end(stream) and id_ in ended_at
            ]
        assert self.shown.keys() <= self.known, "the user cannot know of an operation that was submitted"
        for operation_id, operation in ended_at.items():
            if operation_id in self.streams:
                self._compare(self.streams[operation_id], operation)
        for spy, before in self.discovering:
            missed = self.shown.keys() - before
            if spy.errors:
                assert not self.is_survivable, spy.errors
                continue
            assert eventually(partial(has_found, spy, missed), 10.0), (
                missed - set(ids_of(spy)),
                spy.errors,
            )
        began = time.monotonic()
        self.eryph.close()
        assert time.monotonic() - began < 3.0
        self.simulator.stop()
        for watched, spy, has_history in self.watching:
            self._check_spy(watched, spy, has_history=has_history)
        for spy, _ in self.discovering:
            assert max(Counter(ids_of(spy)).values(), default=0) <= 1
        for spy in self.broken:
            assert len(spy.events) <= 1
        for spy, calls in self.chained:
            assert sum(spy.ending) == 1
            assert len(calls) <= 1
        assert eventually(lambda: set(threading.enumerate()) <= self.threads, 3.0), threading.enumerate()
        assert eventually(lambda: open_sockets() <= self.sockets, 3.0)

    def _compare(self, stream: OperationStream, operation: dict[str, Any]) -> None:
        """What a stream saw with what the server has."""
        spy = Spy()
        stream.subscribe(spy)
        if spy.errors:
            assert not self.is_survivable, spy.errors
            return
        assert spy.has_seen_the_end
        result = spy.events[-1].result
        entries = [event.entry.id for event in spy.events if isinstance(event, LogEntryAdded)]
        assert len(entries) == len(set(entries))
        assert set(entries) == {entry.id for entry in result.log_entries}
        in_time = {each["id"] for each in operation["log_entries"] if each["timestamp"] <= operation["ended_at"]}
        assert in_time <= set(entries) <= {each["id"] for each in operation["log_entries"]}
        assert result.status.value == operation["status"]
        seen = [event.task.id for event in spy.events if isinstance(event, TaskAdded)]
        assert sorted(seen) == sorted({each["id"] for each in operation["tasks"]})

    def _check_spy(self, stream: EventStream, spy: Spy, *, has_history: bool) -> None:
        assert all(isinstance(error, RxEryphError) for error in spy.errors), spy.errors
        assert sum(spy.ending) <= 1
        whole = Spy()
        stream.subscribe(whole)
        for operation_id in {event.operation_id for event in spy.events}:
            own = [event for event in spy.events if event.operation_id == operation_id]
            all_events = [event for event in whole.events if event.operation_id == operation_id]
            begins = 0 if has_history else all_events.index(own[0])
            assert own == all_events[begins : begins + len(own)]
            assert sum(isinstance(event, OperationFinished | TrackingFailed) for event in own) <= 1


def has_end(stream: EventStream) -> bool:
    try:
        stream.wait(0.0)  # type: ignore[attr-defined]
    except OperationTimeoutError:
        return False
    except RxEryphError:
        return True
    return True


def has_found(spy: Spy, operation_ids: Set[str]) -> bool:
    return operation_ids <= set(ids_of(spy))


def ids_of(spy: Spy) -> list[str]:
    return [stream.operation_id for stream in list(spy.events)]


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def open_sockets() -> int:
    """How many sockets this process has open; 0 where the system does not say."""
    count = 0
    with contextlib.suppress(OSError):
        for each in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                count += os.readlink(f"/proc/self/fd/{each}").startswith("socket:")
    return count
