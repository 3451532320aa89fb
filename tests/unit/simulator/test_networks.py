"""What the controller refuses of networks, and what flat networks do otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from rxeryph.simulator import Simulator
from rxeryph.simulator.networking import provider
from tests.simulation import DEFAULT_PROJECT, Raw

CONFIG = f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config"
POOL = {"name": "default", "first_ip": "10.0.0.100", "last_ip": "10.0.0.240"}


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    with Simulator(speed=0.0, flat_providers=("lan",)) as simulator, Raw(simulator) as raw:
        raw.make_catlet()
        raw.make_catlet("db")
        yield raw


def network(name: str = "new", address: str | None = "10.9.0.0/24", **members: object) -> dict[str, Any]:
    return {"name": name, "address": address, **members}


def subnet(address: str | None = "10.0.0.0/20", **pool: object) -> dict[str, Any]:
    return {"name": "default", "address": address, "ip_pools": [POOL | pool]}


def default(address: str = "10.0.0.0/20", **members: object) -> dict[str, Any]:
    """The network that two catlets use."""
    return network("default", address, **({"subnets": [subnet()]} | members))


def failure(raw: Raw, *networks: object) -> list[str]:
    """The lines of the failure to configure these networks; none if it succeeds."""
    done = raw.change("PUT", CONFIG, {"configuration": {"networks": list(networks)}})
    return done["status_message"].splitlines() if done["status"] == "Failed" else []


@pytest.mark.parametrize(
    ("networks", "found"),
    [
        ([network(), network()], ["several networks 'new'"]),
        ([network("")], ["has no name"]),
        ([network(" ")], ["has no name"]),
        ([network(provider={"name": ""})], ["no network provider ''"]),
        ([network(subnets=[{"address": ""}])], ["subnet 'new/default': '' is not"]),
        ([network(environment=" ", subnets=[{"name": " ", "address": "x"}])], ["^subnet 'new/default': 'x'"]),
        ([network(provider={"name": "wan"})], ["no network provider 'wan'; there are default, lan"]),
        ([network(provider={"subnet": "x"})], ["'default' has no subnet 'x'"]),
        ([network(provider={"ip_pool": "x"})], ["'default' has no ip_pool 'x'"]),
        ([network(provider={"name": "lan", "subnet": "x"})], ["'lan' is flat"]),
        ([network(address=None)], ["'' is not a network address"]),
        ([network(address="10.9.0.300/24")], ["is not a network address"]),
        ([network(address="fe80::/64")], ["not an IPv4 address"]),
        ([network(address="10.9.0.5/24")], ["use '10.9.0.0/24'"]),
        ([network(environment="dev", address="10.9.0.5/24")], ["environment 'dev', network 'new'"]),
        ([network(), network("b", "10.9.0.0/16")], ["network 'new': .* overlaps", "network 'b': .* overlaps"]),
        ([network(subnets=[{"address": "x"}])], ["subnet 'new/default': 'x' is not"]),
        ([network(subnets=[{"address": "10.8.0.0/24"}])], ["outside of the network"]),
        ([network(subnets=[{"address": "10.9.0.1/25"}])], ["use '10.9.0.0/25'"]),
        (
            [network(subnets=[{"ip_pools": [{"first_ip": "10.8.0.9", "last_ip": "x"}]}])],
            ["first_ip '10.8.0.9' is outside", "last_ip 'x' is not"],
        ),
        ([network(subnets=[{"ip_pools": [{"first_ip": "10.9.0.9", "last_ip": "10.9.0.8"}]}])], ["is lower than"]),
        (
            [
                network(
                    subnets=[{"ip_pools": [{"first_ip": "10.9.0.1", "last_ip": "10.9.0.8", "next_ip": "10.9.0.9"}]}]
                )
            ],
            ["is higher than last_ip"],
        ),
        # What catlets use.
        ([network()], ["network 'default': 2 ports use the network"]),
        ([default(subnets=[{"name": "default"}])], ["2 addresses of the pool are in use"]),
        ([default(subnets=[subnet(first_ip="10.0.0.99")])], ["first address of a pool"]),
        ([default(subnets=[subnet(last_ip="10.0.0.100")])], ["cannot become '10.0.0.100' while '10.0.0.101'"]),
        ([default(subnets=[subnet(next_ip="10.0.0.101")])], ["next address cannot become '10.0.0.101'"]),
        ([default(subnets=[subnet(last_ip="10.0.0.101", next_ip="10.0.0.100")])], ["next address"]),
        ([default(subnets=[subnet(last_ip="10.0.0.101")])], []),
    ],
)
def test_networks_are_refused_by_the_operation(raw: Raw, networks: list[object], found: list[str]) -> None:
    before = raw.get(CONFIG)
    lines = failure(raw, *networks)
    assert len(lines) == len(found), lines
    for line, pattern in zip(lines, found, strict=True):
        assert re.search(pattern, line), line
    assert raw.get(CONFIG) == before or not found


def test_a_network_that_catlets_use_cannot_change_its_addresses(raw: Raw) -> None:
    moved = default(address="10.9.0.0/20", subnets=[subnet("10.9.0.0/20", first_ip="10.9.0.1", last_ip="10.9.0.9")])
    lines = failure(raw, moved)
    assert ["so its addresses cannot change" in lines[0], "remove all ports" in lines[1]] == [True, True]


GUARDS = ("mac_address_spoofing", "dhcp_guard", "router_guard")


def test_a_flat_network_has_no_addresses_and_allows_spoofing_and_guards() -> None:
    with Simulator(speed=0.0, flat_providers=("lan",)) as simulator, Raw(simulator) as raw:
        assert failure(raw, default(), network("outside", None, provider={"name": "lan"})) == []
        (shown,) = (each for each in raw.get("/v1/virtualnetworks")["value"] if each["name"] == "outside")
        assert (shown["provider_name"], "ip_network" in shown) == ("lan", False)
        assert {"name": "outside", "provider": {"name": "lan"}} in raw.get(CONFIG)["configuration"]["networks"]
        adapter = {"name": "eth0", **dict.fromkeys(GUARDS, True)}
        connected = [{"name": "outside", "adapter_name": "eth0"}]
        catlet = raw.make_catlet(network_adapters=[adapter], networks=connected)
        (port,) = raw.get(f"/v1/catlets/{catlet}")["networks"]
        assert (port["provider"], port["ip_v4_addresses"]) == ("lan", [])
        assert not {"floating_port", "i_pv4_default_gateway"} & set(port)
        assert raw.get(f"/v1/catlets/{catlet}/config")["configuration"]["networks"] == connected


@pytest.mark.parametrize("guard", GUARDS)
def test_other_networks_allow_neither_spoofing_nor_guards(raw: Raw, guard: str) -> None:
    configuration = {"name": guard.replace("_", "-"), "network_adapters": [{"name": "eth0", guard: True}]}
    done = raw.change("POST", "/v1/catlets", {"configuration": configuration})
    assert (done["status"], "does not use a flat network provider" in done["status_message"]) == ("Failed", True)


def test_a_network_in_use_may_become_flat_and_catlets_follow_when_they_are_updated() -> None:
    with Simulator(speed=0.0, flat_providers=("lan",)) as simulator, Raw(simulator) as raw:
        catlet = f"/v1/catlets/{raw.make_catlet()}"
        assert failure(raw, default(provider={"name": "lan"})) == []
        (port,) = raw.get(catlet)["networks"]
        assert (port["ip_v4_addresses"], "floating_port" in port) == ([], True)
        done = raw.change("PUT", catlet, {"configuration": raw.current(catlet)})
        assert done["status"] == "Completed", done["status_message"]
        assert "floating_port" not in raw.get(catlet)["networks"][0]
        assert len(failure(raw, default())) == 3  # while it is used, there is no way back


@pytest.mark.parametrize("api_version", [(1, 0), (1, 1), (1, 2)])
def test_a_provider_without_addresses_fails_the_operation_which_rebuilds_the_networks_all_the_same(
    api_version: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "LAST", provider.FIRST + 1)
    with Simulator(speed=0.0, api_version=api_version) as simulator, Raw(simulator) as raw:
        wanted = [default(), network("a", "10.9.0.0/24"), network("b", "10.10.0.0/24")]
        ended = raw.change("PUT", CONFIG, {"configuration": {"networks": wanted}})
        assert (ended["status"], "no free address" in ended["status_message"]) == ("Failed", True)
        assert {task["name"]: task["status"] for task in ended["tasks"]} == {
            "CreateNetworksCommand": "Failed",
            "UpdateNetworksCommand": "Completed",
            "UpdateProjectNetworkPlanCommand": "Completed",
        }
        if api_version == (1, 2):
            ends = {task["name"]: task["ended_at"] for task in ended["tasks"]}
            assert ended["ended_at"] == ends["CreateNetworksCommand"] < ends["UpdateProjectNetworkPlanCommand"]
        # Every catlet and every project needs one of the addresses, too.
        assert raw.change("POST", "/v1/catlets", {"configuration": {"name": "web"}})["status"] == "Failed"
        assert raw.change("POST", "/v1/projects", {"name": "new"})["status"] == "Failed"
        assert raw.change("PUT", CONFIG, {"configuration": {"networks": [default()]}})["status"] == "Completed"
        raw.make_catlet("db")
        (port,) = next(each for each in raw.get("/v1/catlets")["value"] if each["name"] == "db")["networks"]
        assert port["floating_port"]["ip_v4_addresses"] == ["10.249.248.11"]
