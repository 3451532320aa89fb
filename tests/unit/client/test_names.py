"""A name stands for an id by the rules of eryph's other clients: exact, unique, patterns where they are safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from tests.unit.client.test_whole_api import QUEUED, Canned

DEV, OPS = "7c1f0b8a-0f0e-4a53-8f0c-6a1b2c3d4e5f", "8d2f0b8a-0f0e-4a53-8f0c-6a1b2c3d4e5f"
PROJECTS = [{"id": DEV, "name": "dev"}, {"id": OPS, "name": "ops"}]


def thing(number: int, name: str, project: Mapping[str, str]) -> dict[str, Any]:
    return {"id": f"00000000-0000-4000-8000-{number:012}", "name": name, "status": "Stopped", "project": project}


THINGS = [
    thing(1, "web", PROJECTS[0]),
    thing(2, "Web", PROJECTS[1]),
    thing(3, "db", PROJECTS[0]),
    thing(4, "dbx", PROJECTS[1]),
]
IDS = {f"{each['name']} in {each['project']['name']}": str(each["id"]) for each in THINGS}
LISTS = ("/v1/catlets", "/v1/virtualdisks", "/v1/virtualnetworks")


class Listing(Canned):
    """A server with two projects, and catlets, disks and networks of the same names in them."""

    def send(self, method: str, path: str, body: object = None) -> object:
        where, _, project_id = path.partition("?project_id=")
        if (method, where) == ("GET", "/v1/projects"):
            self.reply = {"value": PROJECTS}
        elif method == "GET" and where in LISTS:
            self.reply = {"value": [each for each in THINGS if project_id in ("", each["project"]["id"])]}
        elif method == "GET" and "/guest-services" not in where:
            self.reply = {**THINGS[0], "configuration": {}, "value": []}
        else:
            self.reply = QUEUED
        return super().send(method, path, body)


def is_match(pattern: str, name: str) -> bool:
    """The rule, said as simply as can be."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(is_match(pattern[1:], name[skipped:]) for skipped in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and is_match(pattern[1:], name[1:])


names = st.text("aAbB.-[]!", max_size=6)


@example("[ab]*", ["a", "[AB]c"])
@given(st.text("aAbB.-[]!*?", max_size=6), st.lists(st.none() | names, max_size=5))
def test_matching_is_what_the_rule_says(wanted: str, given_names: list[str | None]) -> None:
    things = [Project(str(number), name) for number, name in enumerate(given_names)]
    expected = [
        each.id for each in things if each.name is not None and is_match(wanted.casefold(), each.name.casefold())
    ]
    assert [each.id for each in matching(wanted, things)] == expected


Call = Callable[[ComputeClient, str], object]
KEY = "ssh-ed25519 A"
READ: list[tuple[Call, str]] = [
    (lambda c, name: c.catlets.get(name, project="dev"), "/v1/catlets/{}"),
    (lambda c, name: c.catlets.get_config(name, project="dev"), "/v1/catlets/{}/config"),
    (lambda c, name: c.catlets.expand_existing(name, {}, project="dev"), "/v1/catlets/{}/config/expand"),
    (lambda c, name: c.virtual_disks.get(name, project="dev"), "/v1/virtualdisks/{}"),
    (lambda c, name: c.virtual_networks.get(name, project="dev"), "/v1/virtualnetworks/{}"),
    (lambda c, name: c.guest_services.status(name, project="dev"), "/v1/catlets/{}/guest-services"),
    (
        lambda c, name: c.guest_services.provisioning_log(name, project="dev"),
        "/v1/catlets/{}/guest-services/provisioning-log",
    ),
]
CHANGE: list[tuple[Call, str]] = [
    (lambda c, name: c.catlets.update(name, {}, project="dev"), "/v1/catlets/{}"),
    (lambda c, name: c.catlets.start(name, project="dev"), "/v1/catlets/{}/start"),
    (lambda c, name: c.catlets.stop(name, "Hard", project="dev"), "/v1/catlets/{}/stop"),
    (lambda c, name: c.catlets.delete(name, project="dev"), "/v1/catlets/{}"),
    (lambda c, name: c.virtual_disks.delete(name, project="dev"), "/v1/virtualdisks/{}"),
    (
        lambda c, name: c.guest_services.configure(name, project="dev", shell=""),
        "/v1/catlets/{}/guest-services/settings",
    ),
    (
        lambda c, name: c.guest_services.add_access_key(name, KEY, project="dev"),
        "/v1/catlets/{}/guest-services/access-keys",
    ),
    (
        lambda c, name: c.guest_services.remove_access_keys(name, project="dev"),
        "/v1/catlets/{}/guest-services/access-keys",
    ),
    (
        lambda c, name: c.guest_services.open_ssh_channel(name, project="dev"),
        "/v1/catlets/{}/guest-services/ssh-channel",
    ),
]


@pytest.mark.parametrize(("call", "path"), READ + CHANGE)
@pytest.mark.parametrize("name", ["WEB", "w*", "?eb"])
def test_a_name_in_a_project_costs_two_lists(call: Call, path: str, name: str) -> None:
    transport = Listing()
    call(ComputeClient(transport), name)
    first, second, last = (sent[1] for sent in transport.sent)
    assert (first, last) == ("/v1/projects", path.format(IDS["web in dev"]))
    assert second in [f"{each}?project_id={DEV}" for each in LISTS]


@pytest.mark.parametrize(("call", "path"), READ + CHANGE)
def test_an_id_costs_nothing(call: Call, path: str) -> None:
    transport = Listing()
    call(ComputeClient(transport), OPS.upper())
    assert [sent[1] for sent in transport.sent] == [path.format(OPS)]


PROJECT: list[tuple[Call, str]] = [
    (lambda c, name: c.catlets.list(name), "/v1/catlets?project_id={}"),
    (lambda c, name: c.virtual_disks.list(name), "/v1/virtualdisks?project_id={}"),
    (lambda c, name: c.virtual_networks.list(name), "/v1/virtualnetworks?project_id={}"),
    (lambda c, name: c.catlet_specifications.list(name), "/v1/catlet_specifications?project_id={}"),
    (lambda c, name: c.projects.get(name), "/v1/projects/{}"),
    (lambda c, name: c.project_members.list(name), "/v1/projects/{}/members"),
    (lambda c, name: c.virtual_networks.get_config(name), "/v1/projects/{}/virtualnetworks/config"),
]
PROJECT_CHANGE: list[tuple[Call, str]] = [
    (lambda c, name: c.projects.delete(name), "/v1/projects/{}"),
    (lambda c, name: c.project_members.add(name, "me", "reader"), "/v1/projects/{}/members"),
    (lambda c, name: c.project_members.remove(name, DEV), "/v1/projects/{}/members/" + DEV),
    (lambda c, name: c.virtual_networks.update_config(name, {}), "/v1/projects/{}/virtualnetworks/config"),
    (lambda c, name: c.virtual_disks.create(name, "data", "data", 1), "/v1/virtualdisks"),
    (lambda c, name: c.catlet_specifications.create(name, {}), "/v1/catlet_specifications"),
]


@pytest.mark.parametrize(("call", "path"), PROJECT + PROJECT_CHANGE)
def test_a_project_is_found_by_its_name(call: Call, path: str) -> None:
    for name, lists in (("Ops", ["/v1/projects"]), (OPS, [])):
        transport = Listing()
        call(ComputeClient(transport), name)
        assert [sent[1] for sent in transport.sent] == [*lists, path.format(OPS)]
        last = transport.sent[-1][2]
        assert path.count("{}") or last["project_id"] == OPS


@pytest.mark.parametrize(
    ("call", "member"),
    [
        *((call, r"(\$\.)?project_id") for call, _ in PROJECT_CHANGE),
        (lambda c, name: c.catlets.start(name), "catlet_id"),
        (lambda c, name: c.catlets.update(name, {}), "catlet_id"),
        (lambda c, name: c.virtual_disks.delete(name), "disk_id"),
        (lambda c, name: c.guest_services.open_ssh_channel(name), "catlet_id"),
        (lambda c, name: c.catlets.start("web", project=name), "project"),
        (lambda c, name: c.catlets.get("web", project=name), "project"),
    ],
)
@pytest.mark.parametrize("name", ["*", "d?v"])
def test_a_pattern_that_could_hit_another_thing_sends_nothing(call: Call, member: str, name: str) -> None:
    transport = Listing()
    with pytest.raises(InvalidRequestError, match=f"Nothing was sent. {member}: .*pattern"):
        call(ComputeClient(transport), name)
    assert (transport.sent, transport.asked_versions) == ([], 0)


@pytest.mark.parametrize(("call", "path"), READ + CHANGE + PROJECT + PROJECT_CHANGE)
@pytest.mark.parametrize("name", ["", "  ", 7])
def test_an_empty_target_sends_nothing(call: Call, path: str, name: Any) -> None:
    transport = Listing()
    with pytest.raises(InvalidRequestError, match="expected a name or an id"):
        call(ComputeClient(transport), name)
    assert (transport.sent, transport.asked_versions) == ([], 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.catlets.stop("web", "Soft", project="dev"),
        lambda c: c.catlets.update("web", {"name": "a_b"}),
        lambda c: c.catlets.update("web", {}, correlation_id="x"),
        lambda c: c.catlets.expand_existing("web", "a: ["),
        lambda c: c.guest_services.configure("web"),
        lambda c: c.guest_services.add_access_key("web", ""),
        lambda c: c.project_members.add("dev", "me", "king"),
        lambda c: c.project_members.remove("dev", "x"),
        lambda c: c.virtual_disks.create("dev", "data", "data", 0),
        lambda c: c.virtual_networks.update_config("dev", "a: ["),
        lambda c: c.catlet_specifications.create("dev", {}, correlation_id="x"),
    ],
)
def test_the_rest_is_checked_before_a_name_is_asked_for(call: Callable[[ComputeClient], object]) -> None:
    transport = Listing()
    with pytest.raises(InvalidRequestError, match="Nothing was sent"):
        call(ComputeClient(transport))
    assert (transport.sent, transport.asked_versions) == ([], 0)


def test_an_ambiguous_name_names_the_choices_and_does_nothing() -> None:
    transport = Listing()
    with pytest.raises(AmbiguousNameError) as caught:
        ComputeClient(transport).catlets.delete("web")
    assert str(caught.value) == (
        f"catlet_id: 'web' may be any of 2 catlets: Web in ops ({IDS['Web in ops']}),"
        f" web in dev ({IDS['web in dev']}). Give the id, or project= to narrow it."
    )
    assert caught.value.choices == (("Web", "ops", IDS["Web in ops"]), ("web", "dev", IDS["web in dev"]))
    assert [sent[:2] for sent in transport.sent] == [("GET", "/v1/catlets")]


def test_many_choices_are_cut_in_the_text_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.unit.client.test_names.THINGS", [thing(n, f"n{n:02}", PROJECTS[0]) for n in range(12)])
    with pytest.raises(AmbiguousNameError, match=r"n09 in dev \([^)]*\), and 2 more\.") as caught:
        ComputeClient(Listing()).catlets.get("n*")
    assert len(caught.value.choices) == 12


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda c: c.catlets.get("wbe"),
            r"GET \S+/v1/catlets: no catlet has the name 'wbe', among 4 .* mean 'Web'\?",
        ),
        (
            lambda c: c.catlets.start("dbx", project="dev"),
            r"no catlet in project 'dev' has the name 'dbx', among 2 .*'db'",
        ),
        (lambda c: c.virtual_disks.delete("zzz"), r"no disk has the name 'zzz', among 4 that this client may see\.$"),
        (lambda c: c.catlets.start("web", project="dve"), r"no project has the name 'dve', among 2 .* mean 'dev'\?"),
        (lambda c: c.catlets.get("q*"), r"no catlet has the name 'q\*'"),
    ],
)
def test_a_name_that_is_nobodys_says_where_it_looked(call: Callable[[ComputeClient], object], told: str) -> None:
    transport = Listing()
    with pytest.raises(NotFoundError, match=told):
        call(ComputeClient(transport))
    assert {sent[0] for sent in transport.sent} == {"GET"}


def test_a_session_takes_names_too(eryph: rxeryph.Eryph) -> None:
    eryph.projects.create("dev").wait()
    for project in ("default", "dev"):
        eryph.catlets.create({"name": "web", "project": project}).wait().raise_for_status()
    with pytest.raises(AmbiguousNameError, match=r"web in default .*web in dev"):
        eryph.catlets.start("web")
    assert eryph.catlets.start("WEB", project="dev").wait().succeeded
    assert {each.status.value for each in eryph.catlets.list("dev")} == {"Running"}
    assert eryph.catlets.get("w*", project="default", with_configuration=True).cpu_count is not None
    assert eryph.virtual_disks.create("dev", "data", "data", 1).wait().virtual_disk.name == "data"
    assert eryph.virtual_disks.delete("data").wait().succeeded
    assert eryph.virtual_networks.get("default", project="dev").name == "default"
    assert eryph.projects.delete("dev").wait().succeeded
    assert eryph.catlets.get("web").name == "web"


def test_a_list_that_may_not_be_read_is_refused_by_the_server(
    simulator: Simulator, connect_to: Callable[..., rxeryph.Eryph]
) -> None:
    eryph = connect_to(simulator, scopes=["compute:catlets:read"])
    with pytest.raises(AccessDeniedError, match="/v1/projects"):
        eryph.catlets.list("default")
    with pytest.raises(NotFoundError):
        eryph.catlets.get("web")
