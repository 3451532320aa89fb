"""Requests to a server that misbehaves: what is sent, what is sent again, and which error is raised."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from email.utils import formatdate, parsedate_to_datetime
from unittest.mock import patch

import pytest
from urllib3.connection import HTTPConnection

from rxeryph import Eryph
from rxeryph.credentials import TokenSource
from rxeryph.errors import (
    AccessDeniedError,
    ApiError,
    ApiVersionError,
    ClosedError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    RequestTimeoutError,
    RxEryphError,
    ServerError,
    TransportError,
)
from rxeryph.model import ApiVersion
from rxeryph.retry import retry_after
from rxeryph.simulator import Hang, Simulator, Task
from tests.simulation import Raw

Connect = Callable[..., Eryph]
UNKNOWN = "00000000-0000-4000-8000-000000000001"
VERSION = "/v1/version$"
TOKEN = "/connect/token$"


def test_connecting_sends_nothing(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator)
    eryph.track(UNKNOWN)
    assert simulator.requests == ()


def test_an_error_has_the_whole_problem_document(eryph: Eryph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxeryph.client.catlets.check_configuration", lambda given, *_, **__: given)
    with pytest.raises(InvalidRequestError) as caught:
        eryph.catlets.create({"name": "web", "network_adapters": [{"name": "eth_0"}], "cpu": {"count": 0}})
    error = caught.value
    assert (error.status, error.method, error.detail) == (400, "POST", "The catlet configuration is invalid.")
    assert set(error.errors) == {"$.configuration.network_adapters[0].name", "$.configuration.cpu.count"}
    assert error.trace_id is not None
    assert "$.configuration.cpu.count: " in str(error)
    assert "\n" not in str(error)


def test_each_refusal_has_its_class(simulator: Simulator, eryph: Eryph, connect_to: Connect) -> None:
    eryph.catlets.create({"name": "web"}).wait(30)
    with pytest.raises(ConflictError, match="already exists"):
        eryph.catlets.create({"name": "web"})
    with pytest.raises(AccessDeniedError, match="write access"):
        eryph.catlets.create({"project": "other"})
    for ask in (eryph.catlets.get, eryph.operations.get, eryph.projects.get, eryph.catlets.start):
        with pytest.raises(NotFoundError, match=UNKNOWN):
            ask(UNKNOWN)
    with pytest.raises(AccessDeniedError, match="scopes"):
        connect_to(simulator, scopes=["compute:read"]).catlets.create({})


def test_a_read_is_sent_again_after_a_broken_answer(simulator: Simulator, eryph: Eryph) -> None:
    faults = simulator.faults
    faults.html(path=VERSION)
    faults.truncate(path=VERSION)
    faults.reply(503, headers={"Retry-After": "0.01"}, path=VERSION)
    assert eryph.version() == ApiVersion(1, 2)
    assert faults.pending == 0


@pytest.mark.parametrize(("path", "status"), [(VERSION, 408), (VERSION, 503), (TOKEN, 425), (TOKEN, 503)])
def test_retry_after_is_honoured_within_the_budget(
    simulator: Simulator, eryph: Eryph, path: str, status: int
) -> None:
    simulator.faults.reply(status, headers={"Retry-After": "0.01"}, path=path)
    assert eryph.version() == ApiVersion(1, 2)
    assert simulator.faults.pending == 0
    # The identity provider's time is the machine's, the compute API's that of the simulated server.
    with closing(Raw(simulator)) as raw:
        date = parsedate_to_datetime(raw.ask("GET", "/v1/version").headers["Date"])
    now = time.time() if path == TOKEN else date.timestamp()
    in_an_hour = formatdate(now + 3600, usegmt=True)
    simulator.faults.reply(401, path=VERSION)  # so that a token is requested
    simulator.faults.reply(status, headers={"Retry-After": in_an_hour}, path=path)
    with pytest.raises((ApiError, TransportError), match=str(status)) as caught:
        eryph.version()
    assert retry_after(caught.value) == pytest.approx(3600, abs=600)  # the simulated server's time passes fast


def test_a_page_instead_of_json_is_an_error_with_the_address(simulator: Simulator, eryph: Eryph) -> None:
    simulator.faults.html(path=VERSION, times=9)
    with pytest.raises(TransportError, match=r"answered with text/html instead of JSON.*eryph compute API") as caught:
        eryph.version()
    assert caught.value.url == f"{simulator.compute_endpoint}/v1/version"
    assert caught.value.attempts == 4


def test_a_redirect_is_not_followed(simulator: Simulator, eryph: Eryph) -> None:
    with Simulator() as other:
        simulator.faults.redirect(f"{other.endpoint}/compute/v1/version", path=VERSION)
        with pytest.raises(TransportError, match=f"redirected to 127.0.0.1:{other.port}"):
            eryph.version()
        assert other.requests == ()


def test_an_error_without_a_problem_document_names_the_status(simulator: Simulator, eryph: Eryph) -> None:
    simulator.faults.reply(500, "<h1>Oops</h1>", content_type="text/html", path=VERSION, times=9)
    with pytest.raises(ServerError, match="500 Internal Server Error"):
        eryph.version()


def test_a_server_that_is_not_there(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator)
    simulator.stop()
    with pytest.raises(TransportError, match=r"cannot connect .*Is the server running") as caught:
        eryph.version()
    assert not isinstance(caught.value, TimeoutError)


def test_a_request_without_an_answer_ends_in_time(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, request_timeout=(1.0, 0.1))
    simulator.faults.hang(path=VERSION, times=4)
    with pytest.raises(RequestTimeoutError, match="longer request_timeout") as caught:
        eryph.version()
    assert caught.value.attempts == 4


def test_a_token_that_is_refused_is_renewed_once(simulator: Simulator, eryph: Eryph) -> None:
    eryph.version()
    simulator.faults.reply(401, path=VERSION)
    assert eryph.version() == ApiVersion(1, 2)
    assert sum(request.path.endswith("/connect/token") for request in simulator.requests) == 2
    simulator.faults.reply(401, path=VERSION, times=2)
    with pytest.raises(AccessDeniedError, match="refused even after a renewal"):
        eryph.version()


def test_a_token_that_another_thread_renewed_may_be_old_too(
    simulator: Simulator, eryph: Eryph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server was restarted again after that."""
    eryph.version()
    simulator.faults.reply(401, path=VERSION)
    renew, from_others = TokenSource.renew, ["old"]

    def renewed(tokens: TokenSource, rejected: str) -> tuple[str, bool]:
        return (from_others.pop(), False) if from_others else renew(tokens, rejected)

    monkeypatch.setattr(TokenSource, "renew", renewed)
    assert eryph.version() == ApiVersion(1, 2)
    assert [request.status for request in simulator.requests if request.path.endswith("/v1/version")][1:] == [
        401,
        401,
        200,
    ]


def test_connections_are_kept(eryph: Eryph) -> None:
    with patch.object(HTTPConnection, "connect", autospec=True, side_effect=HTTPConnection.connect) as connect:
        for _ in range(5):
            eryph.version()
    assert connect.call_count == 1


def test_close_ends_a_request_that_hangs(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator)
    stream = eryph.track(simulator.play(Task("T", Hang())))
    ended = threading.Event()
    errors: list[Exception] = []

    def on_error(error: Exception) -> None:
        errors.append(error)
        ended.set()

    stream.subscribe(lambda event: None, on_error)
    simulator.faults.hang(times=3)
    while simulator.faults.pending == 3:
        ended.wait(0.01)
    began = time.monotonic()
    eryph.close()
    assert time.monotonic() - began < 2.0
    assert ended.wait(1)
    assert [type(error) for error in errors] == [ClosedError]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rxeryph-worker")]
    for ask in (eryph.version, lambda: eryph.catlets.create({}), lambda: stream.wait(1)):
        with pytest.raises(ClosedError):
            ask()


def test_an_older_server(connect_to: Connect) -> None:
    for version in ((1, 0), (1, 1)):
        with Simulator(api_version=version, speed=200) as simulator:
            eryph = connect_to(simulator)
            assert eryph.version() == ApiVersion(*version)
            stream = eryph.catlets.create({"name": "web"})
            with pytest.raises(ApiVersionError, match=rf"needs API 1\.2, the server has 1\.{version[1]}"):
                stream.cancel()
            result = stream.wait(30)
            assert result.operation.created is None
            assert len(result.log_entries) == 6  # although such servers send none unless a time is named


def test_every_request_has_an_id_of_its_own(simulator: Simulator, eryph: Eryph) -> None:
    ids = set()
    for _ in range(2):
        with pytest.raises(RxEryphError) as caught:
            eryph.catlets.get(UNKNOWN)
        assert isinstance(caught.value, NotFoundError)
        ids.add(caught.value.trace_id)
    assert len(ids) == 2
