"""``once=`` of every call, and against a simulator: what is submitted once, by however many processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reactivex import operators as rx

import rxeryph
from rxeryph import Eryph, OperationStream
from rxeryph import operators as ops
from rxeryph.client import ComputeClient
from rxeryph.client import submit as submit_module
from rxeryph.errors import ClosedError, ConfigurationError, ConflictError, NotFoundError, SubmissionUnknownError
from rxeryph.events import OperationFinished
from rxeryph.journal import intents, once
from rxeryph.journal import open as open_journal
from rxeryph.journal.once import Once
from rxeryph.journal.submission import operation_id_of
from rxeryph.retry import LOOK_UP
from rxeryph.simulator import Simulator
from tests.calls import Call
from tests.canned import VERSION, Canned
from tests.unit.client.test_calls import WITH_CORRELATION_ID, name_of
from tests.unit.journal.brokers import Broker, need_nats
from tests.unit.journal.submitting import World

Connect = Callable[..., Eryph]
CREATE: dict[str, Any] = {"method": "POST", "path": "/v1/catlets$"}


@pytest.fixture(autouse=True)
def quick_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "COST", 2)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'operations.db'}"


def submits(simulator: Simulator) -> int:
    return sum(request.method in ("POST", "PUT") and "/v1/catlets" in request.path for request in simulator.requests)


class Empty(Canned):
    """A server that shows no operation."""

    def answer(self, method: str, path: str) -> object:
        if path.startswith("/v1/operations/"):
            raise NotFoundError("404", status=404, method=method, url=path)
        return super().answer(method, path)


@pytest.mark.parametrize("call", WITH_CORRELATION_ID, ids=name_of)
def test_each_call_is_submitted_once_with_the_id_of_its_key(call: Call) -> None:
    world, transport = World(), Empty(call.reply)
    transport.once = Once(world.journal, "a test", world.now)
    client = ComputeClient(transport)
    for _ in range(2):
        result: Any = call(client, once="key")
        assert result.id == operation_id_of("key")
    assert transport.correlation_ids == [operation_id_of("key")]
    assert transport.sent[-1] == call.request
    sent = len(transport.sent)
    assert sent == 2 + (VERSION in transport.sent)
    with pytest.raises(ConfigurationError, match=f"The key 'key' was used at .* for {call.name}"):
        another(call)(client, once="key")
    assert len(transport.sent) == sent


def test_a_key_is_for_one_server(monkeypatch: pytest.MonkeyPatch) -> None:
    world, first = World(), WITH_CORRELATION_ID[0]

    def call_on(endpoint: str) -> None:
        transport = Empty(first.reply)
        transport.once = Once(world.journal, "a test", world.now)
        monkeypatch.setattr(Empty, "endpoint", endpoint)
        first(ComputeClient(transport), once="key")

    call_on("https://127.0.0.1:8000/compute")
    call_on("https://localhost:9000/compute")  # it takes a new port when it is started again
    with pytest.raises(ConfigurationError, match=r"'.*' on localhost, .* than this .* on eryph\.example, or had"):
        call_on("https://eryph.example/compute")


def another(call: Call) -> Call:
    return next(each for each in WITH_CORRELATION_ID if each.name != call.name)


def test_a_later_run_sends_nothing(simulator: Simulator, connect_to: Connect, url: str) -> None:
    with connect_to(simulator, journal=url) as eryph:
        first = eryph.catlets.create({"name": "web"}, once="deploy-42/web")
        catlet = first.wait(30).catlet
        stopping = eryph.catlets.change("web", lambda each: None, once="deploy-42/change")
        assert stopping.wait(30).succeeded
    simulator.faults.reply(500, times=100, path="/v1/")
    with connect_to(simulator, journal=url) as eryph:
        again = eryph.catlets.create({"name": "web"}, once="deploy-42/web")
        assert again.operation_id == first.operation_id == operation_id_of("deploy-42/web")
        assert again.wait(30).succeeded
        assert eryph.catlets.change("web", lambda each: None, once="deploy-42/change").wait(30).succeeded
        assert eryph.statistics().requests == 0
    assert catlet.name == "web"


def test_the_request_counts_not_what_it_becomes(simulator: Simulator, connect_to: Connect, url: str) -> None:
    """The configuration that a change is made of is another one after the change."""
    with connect_to(simulator, journal=url) as eryph:
        eryph.catlets.create({"name": "web"}).wait(30)
        streams = [eryph.catlets.change("web", {"memory": {"startup": 2048}}, once="more") for _ in range(2)]
        assert [stream.wait(30).succeeded for stream in streams] == [True, True]
        with pytest.raises(ConfigurationError, match=r"for catlets\.change 'web'"):
            eryph.catlets.change("web", {"memory": {"startup": 4096}}, once="more")
        assert eryph.catlets.change("web", {"memory": {"startup": 4096}}, once="more", dry_run=True).differences
    assert submits(simulator) - sum("validate" in each.path for each in simulator.requests) == 2


def test_a_refused_key_can_be_used_after_a_correction(simulator: Simulator, connect_to: Connect, url: str) -> None:
    eryph = connect_to(simulator, journal=url)
    eryph.catlets.create({"name": "web"}).wait(30)
    with pytest.raises(ConflictError):
        eryph.catlets.create({"name": "web"}, once="key")
    assert eryph.catlets.create({"name": "web-2"}, once="key").wait(30).catlet.name == "web-2"


def test_an_answer_that_was_lost_is_found_by_the_same_call(
    simulator: Simulator, connect_to: Connect, url: str
) -> None:
    eryph = connect_to(simulator, journal=url)
    simulator.faults.reset(processed=True, **CREATE)
    assert eryph.catlets.create({"name": "web"}, once="key").wait(30).succeeded
    assert submits(simulator) == 1


def test_while_a_request_may_arrive_a_call_says_when_to_call_again(
    simulator: Simulator, connect_to: Connect, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in submit_module, once:
        monkeypatch.setattr(module, "LOOK_UP", replace(LOOK_UP, attempts=2, first=0.01))
    simulator.faults.reset(**CREATE)
    with connect_to(simulator, journal=url) as eryph, pytest.raises(SubmissionUnknownError) as caught:
        eryph.catlets.create({"name": "web"}, once="key")
    assert "was not found, but may still appear" in str(caught.value)
    assert str(caught.value).endswith("Call again with the key 'key' in 60 s to find out.")
    with connect_to(simulator, journal=url) as eryph, pytest.raises(SubmissionUnknownError) as caught:
        eryph.catlets.create({"name": "web"}, once="key")
    assert "Call again with the same key in" in str(caught.value)
    assert caught.value.retry_after is not None
    assert 30 < caught.value.retry_after < 60
    assert submits(simulator) == 1


@pytest.fixture(params=["sqlite", "nats"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'operations.db'}"
        return
    need_nats()
    with Broker(tmp_path) as broker:
        yield broker.url


def test_of_many_connections_one_submits(simulator: Simulator, connect_to: Connect, journal: str) -> None:
    connections = [connect_to(simulator, journal=journal) for _ in range(4)]
    barrier, found, lock = threading.Barrier(len(connections)), list[OperationStream](), threading.Lock()

    def submit(eryph: Eryph) -> None:
        barrier.wait()
        stream = eryph.catlets.create({"name": "web"}, once="key")
        with lock:
            found.append(stream)

    threads = [threading.Thread(target=submit, args=[eryph]) for eryph in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [stream.operation_id for stream in found] == [operation_id_of("key")] * len(connections)
    assert [stream.wait(30).succeeded for stream in found] == [True] * len(connections)
    assert submits(simulator) == 1
    assert [catlet.name for catlet in connections[0].catlets.list()] == ["web"]


def test_a_closed_connection_announces_nothing(simulator: Simulator, connect_to: Connect, url: str) -> None:
    with closing(open_journal(url)) as records:
        eryph = connect_to(simulator, journal=records)
        eryph.close()
        with pytest.raises(ClosedError):
            eryph.catlets.create({"name": "web"}, once="key")
        assert records.read() == []


def test_groups_chains_and_coroutines_take_keys(simulator: Simulator, connect_to: Connect, url: str) -> None:
    for _ in range(2):
        with connect_to(simulator, journal=url) as eryph:

            def more(eryph: Eryph = eryph) -> OperationStream:
                return eryph.catlets.change("web", {"memory": {"startup": 2048}}, once="more")

            async def create(eryph: Eryph = eryph) -> OperationStream:
                return await eryph.aio.catlets.create({"name": "db"}, once="db")

            streams = [eryph.catlets.create({"name": "web"}, once="web"), asyncio.run(create())]
            assert len(eryph.track_all(streams).wait(30)) == 2
            chain = streams[0].pipe(ops.then(lambda result, more=more: more()))  # type: ignore[misc]
            last = chain.pipe(rx.last()).run()
            assert isinstance(last, OperationFinished)
            assert last.result.succeeded
    assert submits(simulator) == 4  # one of them lets the server check the change


def test_followers_see_an_operation_only_once_it_exists(simulator: Simulator, connect_to: Connect, url: str) -> None:
    simulator.faults.reply(409, content_type="application/json", **CREATE)
    found, some = list[str](), threading.Event()

    def add(stream: OperationStream) -> None:
        found.append(stream.operation_id)
        some.set()

    with ExitStack() as stack:
        follower = stack.enter_context(rxeryph.follow(url))
        follower.watch_operations(include_running=True).subscribe(add)
        eryph = stack.enter_context(connect_to(simulator, journal=url))
        threading.Event().wait(0.2)
        with pytest.raises(ConflictError):
            eryph.catlets.create({"name": "web"}, once="refused")
        created = eryph.catlets.create({"name": "web"}, once="key")
        assert some.wait(30)
        assert created.wait(30).succeeded
        assert follower.track(created.operation_id).wait(30).succeeded
    assert found == [created.operation_id]
    with rxeryph.follow(url) as follower:
        running = list[OperationStream]()
        follower.watch_operations(include_running=True).subscribe(running.append)
        threading.Event().wait(0.2)
    assert running == []
    with closing(open_journal(url)) as records:
        assert [record.number for record in records.read(operation_id=operation_id_of("refused"))] == [0, 1]
