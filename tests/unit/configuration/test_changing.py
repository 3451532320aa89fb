"""A change of a configuration: what is merged, what differs, and what cannot be."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.configuration.changing import MERGED, merge, plan_change
from rxeryph.configuration.comparing import NAMED, differences
from rxeryph.configuration.updating import AT_CREATION, FIXED
from rxeryph.errors import InvalidRequestError
from rxeryph.model import Difference

ROOT = "$.configuration"
INSTANCE: dict[str, Any] = {
    "config_type": "instance",
    "project": "lab",
    "name": "web",
    "location": "1hl8k2f0xq3s",
    "hostname": "Web",
    "environment": "default",
    "store": "default",
    "parent": "acme/linux/1.0",
    "cpu": {"count": 1},
    "memory": {"startup": 1024, "minimum": 512},
    "drives": [
        {"name": "sda", "location": "1hl8", "store": "default", "source": "gene:acme/linux/1.0:sda", "type": "vhd"},
        {"name": "data", "location": "1hl8", "store": "default", "size": 20, "type": "vhd"},
    ],
    "network_adapters": [{"name": "eth0", "mac_address": "d2:ab:10:2f:9c:01"}],
    "networks": [{"name": "default", "adapter_name": "eth0", "subnet_v4": {"name": "default", "ip_pool": "default"}}],
    "capabilities": [{"name": "secure_boot", "details": ["template:MicrosoftWindows"]}],
    "variables": [{"name": "password", "value": "#REDACTED", "secret": True}],
    "fodder": [{"name": "init", "source": "gene:acme/food/1.0:init", "content": "x"}],
}


# -- configurations for the laws

VALUES = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "B"]) | st.lists(st.integers(0, 2))
PARTS = st.dictionaries(st.sampled_from(["count", "startup", "size", "details"]), VALUES, max_size=3)
ENTRY_NAMES = st.sampled_from(["sda", "data", "Data", "eth0"])


def entries(mutations: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    mutation = st.sampled_from(["merge", "overwrite", "remove", None]) if mutations else st.nothing()
    entry = st.builds(
        lambda name, parts, more: {"name": name, **parts, **more},
        ENTRY_NAMES,
        PARTS,
        st.fixed_dictionaries({"mutation": mutation}) if mutations else st.just({}),
    )
    return st.lists(entry, max_size=3, unique_by=lambda each: each["name"].casefold())


def configurations(mutations: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    members = {name: entries(mutations) for name in NAMED} | dict.fromkeys(MERGED, PARTS) | {"name": VALUES}
    return st.fixed_dictionaries({}, optional=members)


def canonical(configuration: dict[str, Any]) -> Any:
    """Without what is the same as absent, and with named lists by name."""

    def without_none(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without_none(item) for key, item in value.items() if item is not None}
        return repr(value)  # True is not 1

    plain = {
        member: {item["name"].casefold(): item for item in value} if member in NAMED else value
        for member, value in configuration.items()
        if not (member in NAMED and not value)
    }
    return without_none(plain)


def applied(before: dict[str, Any], changes: list[Difference]) -> dict[str, Any]:
    """``before`` with the changes, each put where its path says."""
    after = deepcopy(before)
    for each in changes:
        *inner, last = re.findall(r"\.(\w+)|\[name=([^]]+)\]", each.path.removeprefix(ROOT))
        place: Any = after
        for member, name in inner:
            if name:
                place = next(item for item in place if item["name"].casefold() == name)
            else:
                if place.get(member) is None:
                    place[member] = [] if member in NAMED and place is after else {}
                place = place[member]
        member, name = last
        if name:
            place[:] = [item for item in place if item["name"].casefold() != name]
            place += [] if each.after is None else [each.after]
        else:
            place[member] = each.after
    return after


@given(configurations(), configurations())
def test_applying_the_differences_gives_the_other_configuration(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = [*differences(before, after)]
    assert canonical(applied(before, found)) == canonical(after)
    assert len({each.path for each in found}) == len(found)
    assert (found == []) == (canonical(before) == canonical(after))


@given(configurations(), configurations(mutations=True))
def test_merging_twice_is_merging_once_and_changes_no_argument(
    before: dict[str, Any], change: dict[str, Any]
) -> None:
    arguments = deepcopy((before, change))
    once = merge(before, change)
    assert (before, change) == arguments
    assert canonical(merge(once, change)) == canonical(once)
    assert "mutation" not in repr(once)


@given(configurations())
def test_changing_nothing_changes_nothing(before: dict[str, Any]) -> None:
    assert canonical(merge(before, {})) == canonical(merge(before, before)) == canonical(before)


@given(configurations(), entries(mutations=False), st.sampled_from(NAMED))
def test_entries_of_other_names_stay_as_they_are(
    before: dict[str, Any], change: list[dict[str, Any]], member: str
) -> None:
    named = {item["name"].casefold() for item in change}
    others = [item for item in before.get(member, []) if item["name"].casefold() not in named]
    after = merge(before, {member: change}).get(member)
    assert isinstance(after, list)
    assert [item for item in after if item["name"].casefold() not in named] == others
    assert {item["name"].casefold() for item in after} == named | {item["name"].casefold() for item in others}


# -- what a change does


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"memory": {"startup": 4096}}, [("memory.startup", 1024, 4096)]),
        ({"memory": {"startup": None}, "cpu": None, "networks": None}, []),
        ({"name": "www"}, [("name", "web", "www")]),
        ({"drives": [{"name": "DATA", "size": 30}]}, [("drives[name=data].size", 20, 30)]),
        ({"drives": [{"name": "logs", "size": 8}]}, [("drives[name=logs]", None, {"name": "logs", "size": 8})]),
        ({"drives": [{"name": "data", "mutation": "Remove"}]}, [("drives[name=data]", INSTANCE["drives"][1], None)]),
        ({"drives": [{"name": "none", "mutation": "remove"}]}, []),
        (
            {"networks": [{"name": "default", "mutation": "overwrite", "adapter_name": "eth0"}]},
            [("networks[name=default].subnet_v4", INSTANCE["networks"][0]["subnet_v4"], None)],
        ),
        (
            {"networks": [{"name": "default", "subnet_v4": {"name": "dmz"}}]},
            [
                ("networks[name=default].subnet_v4.name", "default", "dmz"),
                ("networks[name=default].subnet_v4.ip_pool", "default", None),
            ],
        ),
        (
            {"parent": "ACME/linux/1.0", "project": "Lab"},
            [("parent", "acme/linux/1.0", "ACME/linux/1.0"), ("project", "lab", "Lab")],
        ),
    ],
)
def test_a_partial_configuration_changes_what_it_names(
    change: dict[str, object], found: list[tuple[str, object, object]]
) -> None:
    planned = plan_change(INSTANCE, change)
    assert {each.path: each for each in planned.differences} == {
        f"{ROOT}.{path}": Difference(f"{ROOT}.{path}", before, after) for path, before, after in found
    }
    assert not planned.configuration.keys() & {*AT_CREATION}


def test_a_function_changes_the_configuration_or_returns_another() -> None:
    def in_place(configuration: dict[str, Any]) -> None:
        configuration["memory"]["startup"] = 4096

    def returned(configuration: dict[str, Any]) -> dict[str, Any]:
        return {**configuration, "memory": {"startup": 4096, "minimum": 512}}

    for function in (in_place, returned):
        planned = plan_change(INSTANCE, function)
        assert planned.differences == (Difference(f"{ROOT}.memory.startup", 1024, 4096),)
        assert planned.configuration["memory"] == {"startup": 4096, "minimum": 512}
    assert INSTANCE["memory"]["startup"] == 1024


GENE_DRIVE = "drives[name=sda].store drives[name=sda].location drives[name=sda].source"


def without(configuration: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in configuration.items() if name != member}


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"parent": "acme/linux/2.0"}, "parent"),
        ({"parent": "acme/linux"}, "parent"),
        ({"project": "other"}, "project"),
        ({"hostname": "WEB"}, "hostname"),
        ({"config_type": "specification"}, "config_type"),
        ({"fodder": []}, "fodder"),
        ({"variables": [{"name": "password", "value": "x"}]}, "variables"),
        ({"drives": [{"name": "sda", "mutation": "remove"}]}, "drives[name=sda]"),
        ({"drives": [{"name": "SDA", "store": "fast"}]}, "drives[name=sda].store"),
        ({"drives": [{"name": "sda", "mutation": "overwrite", "size": 3}]}, GENE_DRIVE),
        ({"drives": [{"name": "sda", "type": "shared_vhd"}]}, "drives[name=sda].source"),
        ({"drives": [{"name": "data", "source": "gene:acme/linux/1.0:b"}]}, "drives[name=data].source"),
        ({"drives": [{"name": "b", "source": "gene:acme/linux/1.0:b"}]}, "drives[name=b].source"),
        ({"network_adapters": [{"name": "eth0", "mutation": "remove"}]}, "network_adapters[name=eth0]"),
        (lambda configuration: {"cpu": {"count": 4}}, " ".join((*FIXED, "drives[name=sda]"))),
        (lambda configuration: without(configuration, "hostname"), "hostname"),
        (lambda configuration: without(configuration, "drives"), "drives[name=sda]"),
        (lambda configuration: {**configuration, "fodder": []}, "fodder"),
        (lambda configuration: {**configuration, "name": "a_b"}, "name"),
        ({"memory": {"minimum": 2048}}, "memory.minimum"),
        (lambda configuration: {**configuration, "memroy": {}, "parent": None}, "memroy parent"),
        ({"drives": [{"name": f"d{n}"} for n in range(63)]}, "drives"),
    ],
)
def test_what_an_update_cannot_change_is_refused_with_its_path(change: Any, paths: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        plan_change(INSTANCE, change)
    assert [*caught.value.errors] == [f"{ROOT}.{path}" for path in paths.split()]


def test_a_catlet_without_a_parent_gets_none_and_a_set_without_tag_is_the_latest() -> None:
    with pytest.raises(InvalidRequestError, match=r"\$\.configuration\.parent"):
        plan_change(without(INSTANCE, "parent"), {"parent": "acme/linux"})
    latest = {**INSTANCE, "parent": "acme/linux/latest"}
    assert plan_change(latest, {"parent": "acme/linux"}).configuration["parent"] == "acme/linux"


def test_an_adapter_goes_together_with_its_network() -> None:
    removed = [{"name": "eth0", "mutation": "remove"}], [{"name": "default", "mutation": "remove"}]
    planned = plan_change(INSTANCE, {"network_adapters": removed[0], "networks": removed[1]})
    assert (planned.configuration["network_adapters"], planned.configuration["networks"]) == ([], [])


def test_what_a_newer_server_reports_is_sent_back() -> None:
    newer: dict[str, Any] = {
        **INSTANCE,
        "site": "here",
        "drives": [*INSTANCE["drives"], {"name": "last", "size": 1, "novel": 1}],
    }
    removed: dict[str, object] = {"drives": [{"name": "data", "mutation": "remove"}]}
    planned = plan_change(newer, removed)  # the entry with the unknown member moves
    assert [each.path for each in planned.differences] == [f"{ROOT}.drives[name=data]"]
    assert planned.configuration["site"] == "here"
    with pytest.raises(InvalidRequestError) as caught:
        plan_change(newer, lambda given: {**given, "sites": "there"})
    assert [*caught.value.errors] == [f"{ROOT}.sites"]
    assert plan_change(newer, lambda given: {**given, "sites": 1}, unknown="allow").configuration["sites"] == 1
