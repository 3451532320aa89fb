"""What the simulator answers is what the published documents say, but for what newer servers add."""

from __future__ import annotations

from collections import defaultdict

import pytest

from rxeryph.simulator import Simulator
from tests.contract.differences import OLD_REPLIES, OLDER_REPLIES, REPLIES
from tests.contract.published import DOCUMENTS, SERVICES, Exchange, Service, needs_documents
from tests.contract.tour import tour

pytestmark = [needs_documents, pytest.mark.xdist_group("replies")]


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    with Simulator(speed=0.0, api_version=(1, 3)) as simulator:
        return tour(simulator)


def deviations(exchanges: list[Exchange]) -> set[str]:
    return {text for exchange in exchanges for text in DOCUMENTS[exchange.service].of_reply(exchange)}


def test_every_reply_is_as_published_but_for_what_is_listed(exchanges: list[Exchange]) -> None:
    unlisted = [exchange for exchange in exchanges if deviations([exchange]) - set(REPLIES)]
    assert not unlisted, deviations(unlisted) - set(REPLIES)
    assert not set(REPLIES) - deviations(exchanges), "listed, but no longer occurs"


@pytest.mark.parametrize("service", SERVICES)
def test_every_published_endpoint_was_seen_to_succeed_and_to_refuse(
    service: Service, exchanges: list[Exchange]
) -> None:
    seen: dict[str, set[int]] = defaultdict(set)
    for exchange in exchanges:
        found = DOCUMENTS[service].endpoint(exchange.method, exchange.path)
        if found is not None and exchange.service == service:
            seen[f"{exchange.method} {found[0]}"].add(exchange.status)
    names = {f"{method} {path}" for method, path, _ in DOCUMENTS[service].operations}
    assert {name for name in names if not any(200 <= status < 300 for status in seen[name])} == set()
    assert {name for name in names if "{" in name and 404 not in seen[name]} == set()


def test_an_older_server_only_has_what_is_published() -> None:
    with Simulator(speed=0.0, api_version=(1, 1)) as simulator:
        exchanges = tour(simulator)
    assert deviations(exchanges) == {*OLD_REPLIES, *OLDER_REPLIES}


@pytest.mark.parametrize(
    ("exchange", "text"),
    [
        (Exchange("GET", "/v1/nothing", status=200), "GET /v1/nothing is not published"),
        (Exchange("GET", "/v1/version", status=500), "GET /v1/version answers 500"),
        (Exchange("GET", "/v1/version", status=204), "GET /v1/version answers 204"),
        (
            Exchange("GET", "/v1/version", status=200, reply_type="text/html"),
            "GET /v1/version answers 200 as text/html",
        ),
        (
            Exchange("GET", "/v1/version", status=200, reply_type="application/json", reply=b"{}"),
            "ApiVersionResponse lacks latest_version",
        ),
        (
            Exchange("GET", "/v1/projects", status=200, reply_type="application/json", reply=b'{"value": [1]}'),
            "$.value[]: 1 is not of type 'object'",
        ),
    ],
)
def test_a_reply_that_contradicts_the_document_is_reported(exchange: Exchange, text: str) -> None:
    assert deviations([exchange]) == {text}
