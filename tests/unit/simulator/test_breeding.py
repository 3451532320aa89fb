"""What a catlet inherits from the catlet gene of its parent."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.simulator.configurations.breeding import bred
from tests.simulation import STARTER, Raw

Json = dict[str, Any]


def named(*names: str, **members: object) -> list[Json]:
    return [{"name": name, **members} for name in names]


@pytest.mark.parametrize(
    ("member", "parent", "child", "expected"),
    [
        ("memory", {"startup": 1024, "minimum": 512}, {"startup": 2048}, {"startup": 2048, "minimum": 512}),
        ("cpu", {"count": 4}, {}, {"count": 4}),
        ("drives", named("b", "a"), named("c"), named("a", "b", "c")),
        ("drives", named("a", size=5, type="dvd"), named("A", size=0, location=""), named("A", size=5, type="dvd")),
        ("drives", named("a", size=5), named("a", mutation="overwrite"), named("a", mutation="overwrite")),
        ("drives", named("a", "b"), named("a", mutation="remove"), named("b")),
        ("drives", named("a", mutation="remove"), [], []),
        ("drives", named("a", mutation="overwrite", size=1), named("a"), named("a", size=1)),
        ("network_adapters", named("a", dhcp_guard=True), named("a", dhcp_guard=False), named("a", dhcp_guard=False)),
        ("networks", named("a", subnet_v4={"name": "x"}), named("a"), named("a", subnet_v4={"name": "x"})),
        ("capabilities", named("tpm", details=["x"]), named("tpm", details=[]), named("tpm", details=[])),
        ("capabilities", named("tpm", details=["x"]), named("tpm"), named("tpm", details=["x"])),
        # A variable of the child replaces that of the parent, with its secrecy.
        ("variables", named("b", secret=True, value="1"), named("a", "B"), named("a", "B")),
        (
            "fodder",
            named("b", content="x"),
            named("a", content="y"),
            [*named("b", content="x"), *named("a", content="y")],
        ),
        ("fodder", named("b", content="x", type="t"), named("b", content="y"), named("b", content="y", type="t")),
        (
            "fodder",
            named("b", content="x", variables=named("v"), source="gene:acme/a/1:catlet"),
            named("b", secret=True),
            named("b", content="x", variables=named("v"), secret=True),
        ),
        ("fodder", named("b", content="x", variables=named("v")), named("b", content="y"), named("b", content="y")),
        ("fodder", named("b", content="x"), named("b", remove=True), []),
        ("fodder", named("b", remove=True), [], []),
        (
            "fodder",
            named("b", source="gene:acme/a/1:g"),
            named("b", source="gene:acme/a/1:g", remove=True),
            named("b", source="gene:acme/a/1:g", remove=True),
        ),
    ],
)
def test_a_member_is_inherited(member: str, parent: object, child: object, expected: object) -> None:
    assert bred({member: child}, {member: parent})[member] == expected


def test_identity_and_place_are_not_inherited() -> None:
    names = ("project", "name", "location", "hostname", "environment", "store")
    found = bred({"name": "web"}, dict.fromkeys(names, "x"))
    assert {member: found.get(member) for member in names} == dict.fromkeys(names, None) | {"name": "web"}


def expanded(raw: Raw, **configuration: object) -> Any:
    body = {"configuration": {"name": "web", "parent": STARTER, **configuration}, "show_secrets": True}
    return raw.change("POST", "/v1/catlets/config/expand", body)["result"]["configuration"]


def test_an_expansion_shows_what_the_parent_contains(raw: Raw) -> None:
    found = expanded(raw, drives=named("data", size=5))
    drives = {drive["name"]: (drive.get("source"), drive["size"]) for drive in found["drives"]}
    assert drives == {"data": (None, 5), "sda": (f"gene:{STARTER}:sda", 30)}
    (food,) = found["fodder"]
    assert (food["name"], food["source"]) == ("admin-user", "gene:dbosoft/starter-food/latest:linux-starter")
    assert food["content"] == "users:\n- name: admin\n  plain_text_passwd: admin\n"  # bound by the catlet gene


def test_inherited_fodder_gets_other_values_or_is_removed(raw: Raw) -> None:
    source = "gene:dbosoft/starter-food:linux-starter"
    (food,) = expanded(raw, fodder=[{"source": source, "variables": named("username", value="ada")}])["fodder"]
    assert food["content"] == "users:\n- name: ada\n  plain_text_passwd: eryph\n"
    assert "fodder" not in expanded(raw, fodder=[{"source": source, "remove": True}])
