"""The requests of the client are what the published documents describe."""

from __future__ import annotations

import json

import pytest

from rxeryph.client import ComputeClient
from rxeryph.client.polling_reads import ListReader, SnapshotReader
from rxeryph.http import Patience
from rxeryph.tracking.cursor import log_time_stamp
from tests.calls import CALLS, ID, OPERATION
from tests.canned import Canned
from tests.contract.differences import REQUESTS
from tests.contract.published import DOCUMENTS, Exchange, Service, needs_documents

pytestmark = needs_documents


class PublishedServer(Canned):
    """Answers with the least that the documents require, and keeps the requests as exchanges."""

    def __init__(self, service: Service = "compute", reply: object = OPERATION) -> None:
        super().__init__(reply)
        self.service: Service = service
        self.exchanges: list[Exchange] = []

    def send(self, method: str, path: str, body: object = None, patience: Patience | None = None) -> object:
        path_alone, _, query = path.partition("?")
        content, kind = (b"", "") if body is None else (json.dumps(body).encode(), "application/json")
        self.exchanges.append(Exchange(method, path_alone, query, kind, content, service=self.service))
        return super().send(method, path, body, patience)

    def answer(self, method: str, path: str) -> object:
        try:
            return DOCUMENTS[self.service].least_reply(method, path.partition("?")[0])
        except KeyError:
            return super().answer(method, path)

    def contradictions(self) -> set[str]:
        return {text for each in self.exchanges for text in DOCUMENTS[each.service].of_request(each)}


def test_every_request_is_published_or_listed_and_the_least_reply_is_accepted() -> None:
    found: dict[str, str] = {}
    for call in CALLS:
        server = PublishedServer(call.service, call.reply)
        call(ComputeClient(server))
        found |= dict.fromkeys(server.contradictions(), call.name)
    assert {text: name for text, name in found.items() if text not in REQUESTS} == {}
    assert set(REQUESTS) - set(found) == set(), "listed, but it does not occur any more"


def test_every_request_of_polling_is_published_and_the_least_reply_is_accepted() -> None:
    server = PublishedServer()
    read, lists = SnapshotReader(server, ID).fetch, ListReader(server)
    stamp = log_time_stamp(17_800_000_001_234_567)
    assert read(None).id == read(stamp).id
    assert (
        lists.fetch_heads().keys() == lists.fetch(None).elements.keys() == lists.fetch(stamp).elements.keys() != set()
    )
    assert (len(server.exchanges), server.contradictions()) == (5, set())


@pytest.mark.parametrize(
    ("exchange", "text"),
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
def test_a_contradiction_to_the_document_is_found(exchange: Exchange, text: str) -> None:
    assert DOCUMENTS["compute"].of_request(exchange) == {text}
