"""What configurations may be, member by member: the last value that is accepted, and the first that is refused."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.configuration.checking import violations
from rxeryph.configuration.kinds import List, Object
from rxeryph.configuration.rules import CATLET
from rxeryph.simulator.binding.shapes import ListOf
from rxeryph.simulator.binding.shapes import Object as Shape
from rxeryph.simulator.bodies.catlet_shape import CATLET as SERVER
from rxeryph.simulator.bodies.catlets import checked_configuration

Json = dict[str, Any]


def keys(**configuration: object) -> dict[str, int]:
    """Where a configuration is refused, and how often there."""
    _, issues = checked_configuration(json.dumps(configuration))
    return {path: len(messages) for path, messages in issues.items()}


def named(count: int, **members: object) -> list[Json]:
    return [{"name": f"n{number}", **members} for number in range(count)]


def fodder(**members: object) -> Json:
    return {"fodder": [members]}


def variable(**members: object) -> Json:
    return {"variables": [members]}


GENE = "gene:acme/tools/1.0:setup"

ACCEPTED: tuple[Json, ...] = (
    {},
    {"name": "", "project": " ", "parent": "", "hostname": "no rule for ä name", "version": "9"},
    {"name": "x" * 50, "project": "p" * 20, "environment": "e" * 50, "store": "s" * 50, "location": "l" * 20},
    {"name": "a.-b"},
    {"parent": "org/set"},
    {"parent": f"{'o' * 40}/{'s' * 40}/{'t' * 20}"},
    {"cpu": None, "memory": {}, "drives": None},
    {"cpu": {"count": 240}},
    {"memory": {"startup": 128}},
    {"memory": {"startup": 12582912}},
    {"memory": {"minimum": 256, "startup": 256, "maximum": 256}},
    {"drives": named(64)},
    {"drives": [{"name": "n" * 50, "size": 65536, "type": "SharedVHD", "location": "l", "store": "s"}]},
    {"drives": [{"name": "sda", "source": GENE, "type": "vhd"}, {"name": "b", "source": r"C:\images\a b.vhdx"}]},
    {"drives": [{"name": "sda", "mutation": "Overwrite", "source": r"\\server\share\a.vhdx"}]},
    {"network_adapters": named(8)},
    {"network_adapters": [{"name": "n" * 15, "mac_address": "D2-AB-00-00:0001", "dhcp_guard": False}]},
    {"networks": named(8)},
    {"networks": [{"name": "a", "adapter_name": "e1", "subnet_v6": {"name": "s", "ip_pool": "p" * 50}}]},
    {"capabilities": [{"name": "c" * 50, "details": ["anything"]}]},
    variable(name="v" * 50, type="number", value="-999999999.999"),
    variable(name="a", type="number", value="1."),
    variable(name="_a", type="boolean", value="false", secret=True, required=True),
    variable(name="a", value="", type="number"),
    variable(name="a", value="1", type=2),
    variable(name="a", value="true", type=1),
    variable(name="a", value="x", type=0),
    variable(name="a", value=" ", type=3),
    variable(name="a", value="1.5\n", type="number"),
    variable(name="a", value="true\n", type="boolean"),
    variable(name="a", value="٣", type="number"),
    {"network_adapters": [{"name": "eth0", "mac_address": "d2ab102f9c01\n"}]},
    fodder(name="f" * 50, content="x", type="part-handler", filename="a b"),
    fodder(source=GENE, variables=[{"name": "a", "value": "1"}]),
    fodder(name="gone", remove=True),
    fodder(name="gone", source=GENE, remove=True),
    {"fodder": [{"name": "a", "content": "x"}, {"name": "a", "source": GENE}]},
)

REFUSED: tuple[tuple[Json, dict[str, int]], ...] = (
    ({"name": "x" * 51}, {"$.name": 1}),
    ({"name": "-a-"}, {"$.name": 2}),
    ({"name": "-a..b" + "x" * 50}, {"$.name": 3}),
    ({"name": "a_b" + "x" * 50}, {"$.name": 2}),
    ({"name": 7}, {"$.name": 1}),
    ({"Name": "web"}, {"$.Name": 1}),
    ({"project": "p" * 21, "name": "a b"}, {"$.project": 1, "$.name": 1}),
    ({"project": "p_a"}, {"$.project": 2}),
    ({"environment": "e" * 51}, {"$.environment": 1}),
    ({"store": "s_"}, {"$.store": 1}),
    ({"location": "l" * 21}, {"$.location": 1}),
    ({"config_type": "draft"}, {"$.config_type": 1}),
    ({"parent": "ab/set/1.0"}, {"$.parent": 1}),
    ({"parent": "org/se/1"}, {"$.parent": 1}),
    ({"parent": "a b/set/1.0"}, {"$.parent": 1}),
    ({"parent": f"org/set/{'t' * 21}"}, {"$.parent": 1}),
    ({"parent": "/"}, {"$.parent": 1}),
    ({"cpu": 2}, {"$.cpu": 1}),
    ({"cpu": {"count": 0}}, {"$.cpu.count": 1}),
    ({"cpu": {"count": 241}}, {"$.cpu.count": 1}),
    ({"cpu": {"count": 1, "cores": 2}}, {"$.cpu.cores": 1}),
    ({"memory": 1024}, {"$.memory": 1}),
    ({"memory": {"startup": 64}}, {"$.memory.startup": 2}),
    ({"memory": {"startup": 1000}}, {"$.memory.startup": 1}),
    ({"memory": {"startup": 12582912 + 128}}, {"$.memory.startup": 1}),
    ({"memory": {"startup": 128, "minimum": 256}}, {"$.memory.minimum": 1}),
    ({"memory": {"startup": 256, "maximum": 128}}, {"$.memory.maximum": 1}),
    ({"memory": {"minimum": 384, "startup": 256, "maximum": 128}}, {"$.memory.maximum": 1, "$.memory.minimum": 2}),
    ({"drives": named(65)}, {"$.drives": 1}),
    ({"drives": [None]}, {"$.drives[0]": 1}),
    ({"drives": [{"name": "a"}, {"name": "A"}]}, {"$.drives": 1}),
    ({"drives": [{"name": "a"}, {"name": "A", "size": 0}]}, {"$.drives[1].size": 1}),
    ({"drives": [{"name": " ", "size": 65537}]}, {"$.drives[0].name": 1, "$.drives[0].size": 1}),
    ({"drives": [{"name": "a.b", "store": "a b", "location": "-"}]},
     {"$.drives[0].name": 1, "$.drives[0].store": 1, "$.drives[0].location": 2}),
    ({"drives": [{"name": "a", "type": "floppy"}]}, {"$.drives[0].type": 1}),
    ({"drives": [{"name": "a", "source": GENE, "type": "dvd"}]}, {"$.drives[0].source": 1}),
    ({"drives": [{"name": "a", "source": "C:/a.vhdx"}]}, {"$.drives[0].source": 1}),
    ({"drives": [{"name": "a", "source": r"C:\a\..\b.vhdx"}]}, {"$.drives[0].source": 1}),
    ({"drives": [{"name": "a", "source": "C:\\" + "a" * 258}]}, {"$.drives[0].source": 1}),
    ({"network_adapters": named(9)}, {"$.network_adapters": 1}),
    ({"network_adapters": [{"name": "e"}]}, {"$.network_adapters[0].name": 1}),
    ({"network_adapters": [{"name": "e" * 16}]}, {"$.network_adapters[0].name": 1}),
    ({"network_adapters": [{"name": "e0", "mac_address": "d2:ab"}]}, {"$.network_adapters[0].mac_address": 1}),
    ({"network_adapters": [{"name": "e0", "router_guard": "on"}]}, {"$.network_adapters[0].router_guard": 1}),
    ({"networks": named(9)}, {"$.networks": 1}),
    ({"networks": [{"name": "a", "adapter_name": "e"}]}, {"$.networks[0].adapter_name": 1}),
    ({"networks": [{"name": "a", "subnet_v6": {"ip_pool": "p" * 51}}]}, {"$.networks[0].subnet_v6.ip_pool": 1}),
    ({"capabilities": ["tpm"]}, {"$.capabilities[0]": 1}),
    ({"capabilities": [{"name": "ab"}]}, {"$.capabilities[0].name": 1}),
    ({"capabilities": [{"name": "tpm"}, {"name": "TPM"}]}, {"$.capabilities": 1}),
    (variable(), {"$.variables[0].name": 1}),
    (variable(name="1a"), {"$.variables[0].name": 1}),
    (variable(name="CATLETID"), {"$.variables[0].name": 1}),
    (variable(name="a", value="x", type=2), {"$.variables[0].value": 1}),
    (variable(name="a", value="x", type=3), {"$.variables[0].value": 1}),
    (variable(name="a", value="x", type=-1), {"$.variables[0].value": 1}),
    (variable(name="a", value="1\n\n", type="number"), {"$.variables[0].value": 1}),
    (variable(name="a", type="number", value="1e3"), {"$.variables[0].value": 1}),
    (variable(name="a", type="number", value="1234567890"), {"$.variables[0].value": 1}),
    (variable(name="a", type="boolean", value="True"), {"$.variables[0].value": 1}),
    (variable(name="a", value=5), {"$.variables[0].value": 1}),
    ({"variables": [{"name": "a"}, {"name": "A"}]}, {"$.variables": 1}),
    (fodder(), {"$.fodder[0]": 2}),
    (fodder(name="a"), {"$.fodder[0]": 1}),
    (fodder(name="a", content="x", type="Shellscript"), {"$.fodder[0].type": 1}),
    (fodder(name="a", content="x", filename="a/b"), {"$.fodder[0].filename": 1}),
    (fodder(name="a", content="x", filename="f" * 256), {"$.fodder[0].filename": 1}),
    (fodder(name="a", content="x", filename="f?" * 128), {"$.fodder[0].filename": 2}),
    (fodder(source=GENE, secret=False, content="x"), {"$.fodder[0].secret": 1, "$.fodder[0].content": 1}),
    (fodder(source=GENE, type="x", remove=True), {"$.fodder[0].type": 2}),
    (fodder(source="acme/tools:x"), {"$.fodder[0].source": 1}),
    (fodder(name="a", remove=True, variables=[{"name": "a"}]), {"$.fodder[0].variables": 1}),
    (fodder(source=GENE, variables=[{"name": "a", "type": "string", "required": False}]),
     {"$.fodder[0].variables[0]": 2}),
    ({"fodder": [{"name": "a", "content": "x"}, {"name": "A", "content": "y"}]}, {"$.fodder": 1}),
    ({"fodder": [{"source": GENE}, {"source": "gene:acme/tools:other"}]}, {"$.fodder": 1}),
)  # fmt: skip


@pytest.mark.parametrize("configuration", ACCEPTED, ids=str)
def test_what_is_just_within_the_limits_is_accepted(configuration: Json) -> None:
    assert keys(**configuration) == {}


@pytest.mark.parametrize(("configuration", "wrong"), REFUSED, ids=str)
def test_what_is_just_beyond_is_refused_at_its_member(configuration: Json, wrong: dict[str, int]) -> None:
    assert keys(**configuration) == wrong


@pytest.mark.parametrize("configuration", [*ACCEPTED, *(each for each, _ in REFUSED)], ids=str)
def test_client_and_server_agree_on_every_limit(configuration: Json) -> None:
    compare(configuration)


def compare(configuration: Json) -> None:
    """Client and simulator refuse the same. The simulator reports the first fault of the shape, or all others."""
    ours = {each.path for each in violations(configuration, CATLET, "$")}
    theirs = set(keys(**configuration))
    assert bool(ours) == bool(theirs), (ours, theirs)
    assert theirs <= ours, (ours, theirs)


NAMES = st.text("aZ0.-_ ä", max_size=4) | st.integers(48, 52).map("x".__mul__) | st.integers(14, 22).map("p".__mul__)
SIZES = st.sampled_from([-128, 0, 1, 127, 128, 129, 240, 241, 256, 65536, 65537, 12582912, 12583040])
SOURCES = st.sampled_from(["", GENE, "gene:a/b:c", "acme/set", r"C:\a.vhdx", "C:/a", "x", "acme/set/1.0"])
SUBNETS = st.fixed_dictionaries({}, optional={"name": NAMES, "ip_pool": NAMES})
VALUES = st.sampled_from(["", "1", "1e3", "true", "True"])
VARIABLES = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES}, optional={"value": VALUES, "secret": st.booleans(), "type": st.just("string")}
    ),
    max_size=2,
)
MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "name": NAMES,
    "location": NAMES,
    "store": NAMES,
    "size": SIZES,
    "source": SOURCES,
    "type": st.sampled_from(["vhd", "SharedVHD", "dvd", "string", "number", "boolean", "shellscript", "x"]),
    "mutation": st.sampled_from(["merge", "Overwrite", "remove", "x"]),
    "value": VALUES,
    "content": st.sampled_from(["", "x"]),
    "filename": st.sampled_from(["", "a b", "a/b"]) | st.integers(254, 256).map("f".__mul__),
    "variables": VARIABLES,
    **{name: st.booleans() for name in ("remove", "secret", "required")},
    **{name: st.booleans() for name in ("mac_address_spoofing", "dhcp_guard", "router_guard")},
    "mac_address": st.sampled_from(["", "zz", "d2ab102f9c01"]),
    "adapter_name": NAMES,
    "subnet_v4": SUBNETS,
    "subnet_v6": SUBNETS,
    "details": st.just(["x"]),
}
"""What the members of entries may be."""
ENTRIES = st.lists(st.none() | st.fixed_dictionaries({}, optional=MEMBERS), max_size=3) | st.sampled_from(
    [8, 9, 64, 65]
).map(named)


def fitting(list_name: str) -> st.SearchStrategy[Any]:
    """Entries with the members that such a list knows."""
    entry = cast(Object, cast(List, CATLET.members[list_name]).entry)
    return ENTRIES.map(
        lambda entries: [each and {k: v for k, v in each.items() if k in entry.members} for each in entries]
    )


LISTS = ("drives", "network_adapters", "networks", "capabilities", "variables", "fodder")
ROOT: dict[str, st.SearchStrategy[Any]] = {
    **{name: NAMES | st.none() for name in ("name", "project", "environment", "store", "location", "hostname")},
    "version": st.sampled_from(["", "1.0", "x"]),
    "config_type": st.sampled_from(["configuration", "Instance", "specification", "x"]),
    "parent": SOURCES,
    "cpu": st.fixed_dictionaries({}, optional={"count": SIZES}),
    "memory": st.fixed_dictionaries({}, optional=dict.fromkeys(("startup", "minimum", "maximum"), SIZES)),
    **{name: fitting(name) for name in LISTS},
}


def test_every_member_that_the_server_knows_is_generated() -> None:
    assert set(SERVER.members) == set(ROOT)
    for name in LISTS:
        entry = cast(ListOf, SERVER.members[name].shape).item
        assert set(cast(Shape, entry).members) <= set(MEMBERS)


@given(st.fixed_dictionaries({}, optional=ROOT))
def test_client_and_server_agree_on_whatever_is_near_a_limit(configuration: Json) -> None:
    compare(configuration)
