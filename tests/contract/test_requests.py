"""What the client sends is what the published documents ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from rxeryph.client import ComputeClient, ConnectionSettings
from rxeryph.client.polling_reads import operation_lister, snapshot_reader
from rxeryph.tracking.cursor import log_time_stamp
from tests.contract.calls import CALLS, SILENT, public_methods
from tests.contract.differences import REQUESTS
from tests.contract.published import DOCUMENTS, Exchange, needs_documents
from tests.contract.recording_server import ID, RecordingServer, recording_server

pytestmark = needs_documents


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with recording_server() as running:
        yield running


@pytest.fixture
def client(server: RecordingServer) -> Iterator[ComputeClient]:
    with ComputeClient.connect(endpoint=server.endpoint, client_id="me", client_secret="secret") as opened:
        yield opened


def test_every_request_is_as_published_but_for_what_is_listed(server: RecordingServer, client: ComputeClient) -> None:
    found: dict[str, str] = {}
    for name, calls in CALLS.items():
        for call in calls:
            begun = len(server.requests)
            call(client)
            assert len(server.requests) > begun, f"{name} sent nothing"
            for service, exchange in server.requests[begun:]:
                found |= dict.fromkeys(DOCUMENTS[service].of_request(exchange), name)
    assert {text: name for text, name in found.items() if text not in REQUESTS} == {}
    assert not set(REQUESTS) - set(found), "listed, but it does not occur any more"


def test_what_polling_asks_is_as_published(server: RecordingServer) -> None:
    settings = ConnectionSettings(endpoint=server.endpoint, client_id="me", client_secret="secret")
    with closing(settings.open()) as transport:
        read = snapshot_reader(transport, ID)
        assert read(None).id == read(log_time_stamp(17_800_000_001_234_567)).id
        assert len(operation_lister(transport)()) == 1
    assert len(server.requests) == 3
    for service, exchange in server.requests:
        assert DOCUMENTS[service].of_request(exchange) == set()


def test_every_public_method_of_the_client_is_called(client: ComputeClient) -> None:
    assert public_methods(client) == set(CALLS) | set(SILENT)


@pytest.mark.parametrize(
    ("exchange", "told"),
    [
        (Exchange("GET", "/v1/catlets", "project=x"), "GET /v1/catlets has no query project"),
        (Exchange("GET", "/v1/operations", "expand=a&expand=b"), "GET /v1/operations repeats expand"),
        (
            Exchange("GET", "/v1/operations", "log_time_stamp=2026-06-26T10:15:30+00:00"),
            "$: '2026-06-26T10:15:30 00:00' is not a 'date-time'",
        ),
        (Exchange("POST", "/v1/projects"), "POST /v1/projects takes no request without a body"),
        (Exchange("POST", "/v1/projects", "", "text/plain", b"{}"), "POST /v1/projects takes no text/plain"),
        (Exchange("POST", "/v1/projects", "", "application/json", b"{}"), "NewProjectRequest lacks name"),
        (
            Exchange("POST", "/v1/projects", "", "application/json", b'{"name": "dev", "nmae": 1}'),
            "NewProjectRequest has nmae",
        ),
        (Exchange("DELETE", "/v1/genes", "", "application/json", b"{}"), "DELETE /v1/genes takes no body"),
    ],
)
def test_a_request_that_contradicts_the_document_is_told(exchange: Exchange, told: str) -> None:
    assert DOCUMENTS["compute"].of_request(exchange) == {told}
