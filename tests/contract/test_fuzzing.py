"""Whatever is asked of the simulator, its replies are what the published documents say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from rxeryph.simulator import Simulator
from tests.contract.differences import REPLIES
from tests.contract.published import DOCUMENTS, FOLDER, SERVICES, Service, needs_documents
from tests.contract.tour import READER, STARTER, UNKNOWN, exchange_of
from tests.simulation import Raw

pytestmark = needs_documents
LABELS = [
    (service, f"{method} {path}")
    for service in SERVICES
    for method, path, _ in (DOCUMENTS[service].operations if FOLDER.is_dir() else ())
]
BOUNDED = settings(
    max_examples=16,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
"""The same requests on every run, and few enough of them to wait for."""

_NAMES = st.sampled_from(["web", "other", "a.b", "Ä", "", "-a", "x" * 51, 7, None])
_ITEMS = st.lists(st.fixed_dictionaries({}, optional={"name": _NAMES, "size": st.integers(-1, 90)}), max_size=3)
CONFIGURATIONS = st.fixed_dictionaries(
    {},
    optional={
        "name": _NAMES,
        "project": st.sampled_from(["default", "nowhere", "", 1]),
        "parent": st.sampled_from([STARTER, "acme/missing/1.0", "?", 3, None]),
        "cpu": st.sampled_from([2, 0, "2", {"count": 2}, {"count": "2"}, [], None]),
        "memory": st.sampled_from([1024, -1, {"startup": 512, "minimum": "1"}, {"startup": None}, "1", None]),
        **{member: _ITEMS | st.none() | st.just("x") for member in ("drives", "network_adapters", "networks")},
        "variables": _ITEMS | st.just({"name": "x"}),
        "fodder": _ITEMS,
    },
)
"""Near enough to a catlet's configuration to get past the first check."""


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return {service: schemathesis.openapi.from_path(FOLDER / f"eryph-{service}-v1.json") for service in SERVICES}


@pytest.fixture
def raw(stopped_clock: Simulator) -> Iterator[Raw]:
    """A client of a server that has one of each resource."""
    client = Raw(stopped_clock)
    client.make_catlet(parent=STARTER)
    yield client
    client.close()


def plausible(raw: Raw, path: str) -> dict[str, st.SearchStrategy[Any]]:
    """What members of requests and paths may be so that the server has to do something for it."""
    projects = [project["id"] for project in raw.get("/v1/projects")["value"]]
    listed = raw.ask("GET", path.partition("/{")[0])
    ids = [item["id"] for item in listed.json()["value"]] if listed.ok and "{id}" in path else []
    return {
        "id": st.sampled_from([*ids, *ids, *projects, UNKNOWN, "nonsense"]),
        "project_id": st.sampled_from([*projects, *projects, UNKNOWN]),
        "name": _NAMES,
        "location": st.sampled_from(["store", "a_b"]),
        "size": st.sampled_from([10, 0]),
        "environment": st.sampled_from(["default", None]),
        "store": st.sampled_from(["default", "elsewhere"]),
        "member_id": st.sampled_from(["system-client", "stranger", ""]),
        "role_id": st.sampled_from([READER, UNKNOWN, "nonsense"]),
        "mode": st.sampled_from(["Shutdown", "hard", "nonsense"]),
        "configuration": CONFIGURATIONS,
        "log_time_stamp": st.sampled_from(["2018-01-01T00:00:00Z", "2026-01-01T08:00:05.1234567+00:00", "nonsense"]),
        "expand": st.sampled_from(["logs,tasks,resources,projects", "Logs, tasks", ",,"]),
    }


@pytest.mark.parametrize(("service", "label"), LABELS)
def test_no_request_is_answered_with_what_is_not_published(
    service: Service, label: str, schemas: dict[str, Any], raw: Raw, stopped_clock: Simulator
) -> None:
    document = DOCUMENTS[service]
    method, _, path = label.partition(" ")
    operation = schemas[service][path][method]
    both = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    known = plausible(raw, path)
    mostly = st.sampled_from([True, True, True, False])
    base = {"compute": stopped_clock.compute_endpoint, "identity": stopped_clock.identity_endpoint}[service]

    @BOUNDED
    @given(case=both, instead=st.data())
    def ask(case: Case[Any], instead: st.DataObject) -> None:
        parts: list[Any] = [case.path_parameters, case.query, case.body]
        for members in (each for each in parts if isinstance(each, dict)):
            for name in sorted(set(members) & set(known)):
                if instead.draw(mostly):
                    members[name] = instead.draw(known[name])
        headers = {"Authorization": f"Bearer {raw.token}", "Content-Type": "application/json"}
        reply = raw.session.request(**case.as_transport_kwargs(base_url=base, headers=headers), timeout=5)
        stopped_clock.advance(600.0)  # what it began must not break the server either
        exchange = exchange_of(reply)
        if document.endpoint(method, exchange.path) is not None:  # an odd id may have made another path of it
            assert not document.of_reply(exchange) - set(REPLIES)

    ask()
