"""A name works wherever an id does, by the rules of eryph's other clients: exact, unique, patterns where safe."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import rxeryph
from rxeryph.client import ComputeClient
from rxeryph.client.names import matching
from rxeryph.errors import AccessDeniedError, AmbiguousNameError, InvalidRequestError, NotFoundError
from rxeryph.model import Project
from rxeryph.simulator import Simulator
from tests.calls import CALLS, ID, OPERATION, Call, Request
from tests.canned import VERSION, Canned

DEV, OPS = "7c1f0b8a-0f0e-4a53-8f0c-6a1b2c3d4e5f", "8d2f0b8a-0f0e-4a53-8f0c-6a1b2c3d4e5f"
PROJECTS = [{"id": DEV, "name": "dev"}, {"id": OPS, "name": "ops"}]
LISTS = {
    "catlet_id": "/v1/catlets",
    "disk_id": "/v1/virtualdisks",
    "network_id": "/v1/virtualnetworks",
    "project_id": "/v1/projects",
}
"""Where the name of an argument is looked up."""
READING = ("get", "get_config", "list", "status", "provisioning_log", "expand_existing")


def item(number: int, name: str, project: int) -> dict[str, Any]:
    identity = f"00000000-0000-4000-8000-{number:012}"
    return {"id": identity, "name": name, "status": "Stopped", "project": PROJECTS[project]}


ITEMS = [item(1, "web", 0), item(2, "Web", 1), item(3, "db", 0), item(4, "dbx", 1)]
WEB_IN_DEV, WEB_IN_OPS = ITEMS[0]["id"], ITEMS[1]["id"]


class Listing(Canned):
    """A server with two projects, and catlets, disks and networks of the same names in them."""

    def __init__(self, reply: object = OPERATION, items: list[dict[str, Any]] = ITEMS) -> None:
        super().__init__(reply)
        self.items = items

    def answer(self, method: str, path: str) -> object:
        where, _, project_id = path.partition("?project_id=")
        if method == "GET" and where == LISTS["project_id"]:
            return {"value": PROJECTS}
        if method == "GET" and where in LISTS.values():
            return {"value": [each for each in self.items if project_id in ("", each["project"]["id"])]}
        return super().answer(method, path)

    @property
    def asked(self) -> list[Request]:
        """What was sent, without the request for the version."""
        return [request for request in self.sent if request != VERSION]


def is_match(pattern: str, name: str) -> bool:
    """The rule in its simplest form."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(is_match(pattern[1:], name[skipped:]) for skipped in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and is_match(pattern[1:], name[1:])


names = st.text("aAbB.-[]!", max_size=6)


@example("[ab]*", ["a", "[AB]c"])
@given(st.text("aAbB.-[]!*?", max_size=6), st.lists(st.none() | names, max_size=5))
def test_names_match_by_the_rule(wanted: str, given_names: list[str | None]) -> None:
    items = [Project(str(number), name) for number, name in enumerate(given_names)]
    expected = [
        each.id for each in items if each.name is not None and is_match(wanted.casefold(), each.name.casefold())
    ]
    assert [each.id for each in matching(wanted, items)] == expected


NAMED = [(call, member) for call in CALLS for member in LISTS if member in call.arguments]
"""Every call with an argument that may be a name, and that argument."""
ITEM_CALLS = [(call, member) for call, member in NAMED if member != "project_id"]
PROJECT_CALLS = [(call, member) for call, member in NAMED if member == "project_id"]
CHANGES = [(call, member) for call, member in NAMED if call.name.partition(".")[2] not in READING]


def of(call: Call, found: str) -> Request:
    """The request of a call about ``found``."""
    method, path, body = call.request
    return method, path.replace(ID, found), json.loads(json.dumps(body).replace(ID, found))


def test_every_kind_of_name_is_covered() -> None:
    assert {member for _, member in NAMED} == set(LISTS)
    assert len(CHANGES) > len(NAMED) / 2


@pytest.mark.parametrize(("call", "member"), ITEM_CALLS)
@pytest.mark.parametrize("name", ["WEB", "w*", "?eb"])
def test_a_name_in_a_project_costs_two_lists(call: Call, member: str, name: str) -> None:
    transport = Listing(call.reply)
    call(ComputeClient(transport), **{member: name, "project": "dev"})
    lists = [("GET", "/v1/projects", None), ("GET", f"{LISTS[member]}?project_id={DEV}", None)]
    assert transport.asked == [*lists, of(call, WEB_IN_DEV)]


@pytest.mark.parametrize(("call", "member"), PROJECT_CALLS)
def test_the_name_of_a_project_costs_a_list(call: Call, member: str) -> None:
    transport = Listing(call.reply)
    call(ComputeClient(transport), project_id="Ops")
    assert transport.asked == [("GET", "/v1/projects", None), of(call, OPS)]


@pytest.mark.parametrize(("call", "member"), NAMED)
def test_an_id_costs_nothing(call: Call, member: str) -> None:
    transport = Listing(call.reply)
    call(ComputeClient(transport), **{member: OPS.upper()})
    assert transport.asked == [of(call, OPS)]


@pytest.mark.parametrize(
    ("call", "changes", "refused"),
    [
        *((call, {member: "*"}, member) for call, member in CHANGES),
        *((call, {member: "web", "project": "d?v"}, "project") for call, member in ITEM_CALLS),
    ],
)
def test_a_pattern_that_could_match_the_wrong_item_sends_nothing(
    call: Call, changes: dict[str, str], refused: str
) -> None:
    transport = Listing(call.reply)
    with pytest.raises(InvalidRequestError, match=rf"Nothing was sent. (\$\.)?{refused}: .*pattern"):
        call(ComputeClient(transport), **changes)
    assert transport.sent == []


@pytest.mark.parametrize(("call", "member"), NAMED)
@pytest.mark.parametrize("name", ["", "  ", 7])
def test_an_empty_name_sends_nothing(call: Call, member: str, name: object) -> None:
    transport = Listing(call.reply)
    with pytest.raises(InvalidRequestError, match="expected a name or an id"):
        call(ComputeClient(transport), **{member: name})
    assert transport.sent == []


def test_an_ambiguous_name_lists_the_choices_and_changes_nothing() -> None:
    transport = Listing()
    with pytest.raises(AmbiguousNameError) as caught:
        ComputeClient(transport).catlets.delete("web")
    assert str(caught.value) == (
        f"catlet_id: 'web' may be any of 2 catlets: Web in ops ({WEB_IN_OPS}),"
        f" web in dev ({WEB_IN_DEV}). Give the id, or project= to narrow it."
    )
    assert caught.value.choices == (("Web", "ops", WEB_IN_OPS), ("web", "dev", WEB_IN_DEV))
    assert transport.sent == [("GET", "/v1/catlets", None)]


def test_many_choices_are_shortened_in_the_message_only() -> None:
    many = [item(number, f"n{number:02}", 0) for number in range(12)]
    with pytest.raises(AmbiguousNameError, match=r"n09 in dev \([^)]*\), and 2 more\.") as caught:
        ComputeClient(Listing(items=many)).catlets.get("n*")
    assert len(caught.value.choices) == 12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda c: c.catlets.get("wbe"),
            r"^No catlet has the name 'wbe', among 4 .* \(GET \S+/v1/catlets\)\. Did you mean 'Web'\?",
        ),
        (
            lambda c: c.catlets.start("dbx", project="dev"),
            r"No catlet in project 'dev' has the name 'dbx', among 2 .*'db'",
        ),
        (
            lambda c: c.virtual_disks.delete("zzz"),
            r"No disk has the name 'zzz', among 4 that this client may see \(GET \S+\)\.$",
        ),
        (lambda c: c.catlets.start("web", project="dve"), r"No project has the name 'dve', among 2 .* mean 'dev'\?"),
        (lambda c: c.catlets.get("q*"), r"No catlet has the name 'q\*'"),
    ],
)
def test_a_name_without_a_match_says_where_it_was_looked_up(
    call: Callable[[ComputeClient], object], message: str
) -> None:
    transport = Listing()
    with pytest.raises(NotFoundError, match=message):
        call(ComputeClient(transport))
    assert {method for method, _, _ in transport.sent} == {"GET"}


def test_a_session_takes_names_too(eryph: rxeryph.Eryph) -> None:
    eryph.projects.create("dev").wait()
    for project in ("default", "dev"):
        eryph.catlets.create({"name": "web", "project": project}).wait().raise_for_status()
    with pytest.raises(AmbiguousNameError, match=r"web in default .*web in dev"):
        eryph.catlets.start("web")
    assert eryph.catlets.start("WEB", project="dev").wait().succeeded
    assert eryph.projects.delete("dev").wait().succeeded
    assert eryph.catlets.get("web").name == "web"


def test_a_list_that_the_client_may_not_read_is_refused_by_the_server(
    simulator: Simulator, connect_to: Callable[..., rxeryph.Eryph]
) -> None:
    eryph = connect_to(simulator, scopes=["compute:catlets:read"])
    with pytest.raises(AccessDeniedError, match="/v1/projects"):
        eryph.catlets.list("default")
    with pytest.raises(NotFoundError):
        eryph.catlets.get("web")
