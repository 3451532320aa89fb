"""A configuration that the server would refuse is refused with the path, and one that it accepts is accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rxeryph.configuration import check_configuration, check_networks, check_specification
from rxeryph.configuration.checking import violations
from rxeryph.configuration.rules import CATLET
from rxeryph.errors import InvalidRequestError

ROOT = "$.configuration"
GENE = "gene:acme/tools/1.0:"
COMPLETE: dict[str, Any] = {
    "version": "9",
    "config_type": "Configuration",
    "project": "lab",
    "name": "web.0-1",
    "location": "1hl8k2f0xq3s",
    "hostname": "anything at_all",
    "environment": "default",
    "store": "default",
    "parent": "dbosoft/ubuntu-24.04",
    "cpu": {"count": 240},
    "memory": {"startup": 1024, "minimum": 128, "maximum": 12582912},
    "drives": [
        {"name": "sda", "source": f"{GENE}sda", "type": "VHD", "mutation": "Overwrite"},
        {"name": "b", "type": "SharedVHD", "size": 65536, "location": "l", "store": "s"},
        {"name": "c", "type": 2, "source": r"C:\disks\c.vhdx"},
        {"name": "d", "source": r"\\server\share\d.vhdx", "type": "shared_vhd"},
    ],
    "network_adapters": [
        {"name": "eth0", "mac_address": "d2:ab:10:2f:9c:01", "mac_address_spoofing": True},
        {"name": "eth1", "mac_address": "D2-AB-10-2F-9C-02", "dhcp_guard": False, "router_guard": None},
        {"name": "eth2", "mac_address": ""},
    ],
    "capabilities": [{"name": "secure_boot", "details": ["disabled", None]}, {"name": "unheard_of", "details": []}],
    "networks": [{"name": "default", "adapter_name": "eth0", "subnet_v4": {"name": "a", "ip_pool": "b"}}],
    "variables": [
        {"name": "_n", "type": "Number", "value": "-1.", "required": True},
        {"name": "b", "type": "boolean", "value": "true", "secret": True},
        {"name": "empty", "type": "number", "value": " "},
    ],
    "fodder": [
        {"name": "f", "type": "cloud-config", "content": "x", "filename": "a b", "secret": False},
        {"name": "g", "remove": True, "variables": []},
        {"source": f"{GENE}food", "variables": [{"name": "x", "value": "{{ y }}", "secret": True}]},
        {"name": "f", "source": "gene:acme/tools/1.0:food"},
        {"name": "h", "source": "gene:acme/linux/1.0:catlet"},
    ],
}


@pytest.mark.parametrize(
    "configuration",
    [
        COMPLETE,
        {},
        dict.fromkeys(COMPLETE),
        {member: [] for member, value in COMPLETE.items() if isinstance(value, list)},
        {"name": "", "project": " ", "parent": "", "drives": [{"name": "a", "source": "", "store": ""}]},
        {"name": "a.-b", "environment": "E" * 50, "cpu": {}, "memory": {"maximum": 128}},
        {"drives": [{"name": f"d{number}"} for number in range(64)]},
    ],
)
def test_what_the_server_accepts_is_sent_as_it_is(configuration: dict[str, Any]) -> None:
    assert check_configuration(configuration) == configuration


@pytest.mark.parametrize(
    ("configuration", "paths"),
    [
        ({"Name": "a", "networkAdapters": []}, "Name networkAdapters"),
        ({"ram": 2048, "cpu": {"cores": 2}, "drives": [{"name": "a", "Size": 1}]}, "ram cpu.cores drives[0].Size"),
        (
            {"fodder": [{"name": "f", "content": "x", "variables": [{"name": "v", "val": ""}]}]},
            "fodder[0].variables[0].val",
        ),
        ({"unknown": None}, "unknown"),
        ({"name": 7, "version": 1, "hostname": True, "parent": ["x"]}, "name version hostname parent"),
        ({"cpu": "2", "memory": [], "drives": {}, "networks": "x"}, "cpu memory drives networks"),
        ({"cpu": {"count": "2"}}, "cpu.count"),
        ({"cpu": {"count": 1.0}}, "cpu.count"),
        ({"cpu": {"count": True}}, "cpu.count"),
        ({"cpu": {"count": 0}, "drives": [{"name": "a", "size": 65537}]}, "cpu.count drives[0].size"),
        ({"cpu": {"count": 241}}, "cpu.count"),
        ({"memory": {"startup": 64}}, "memory.startup"),
        ({"memory": {"startup": 1000, "maximum": 12583040}}, "memory.maximum memory.startup"),
        ({"memory": {"startup": 1024, "minimum": 2048, "maximum": 512}}, "memory.maximum memory.minimum"),
        ({"drives": [None, 7, {}]}, "drives[0] drives[1] drives[2].name"),
        (
            {"drives": [{"name": "a.b"}, {"name": "sd--a"}, {"name": "-a"}]},
            "drives[0].name drives[1].name drives[2].name",
        ),
        ({"drives": [{"name": "sda"}, {"name": "SDA"}]}, "drives"),
        ({"drives": [{"name": "sda", "size": 0}, {"name": "SDA"}]}, "drives[0].size"),
        ({"drives": [{"name": f"d{number}"} for number in range(65)]}, "drives"),
        ({"drives": [{"name": "a", "type": "floppy", "mutation": "replace"}]}, "drives[0].mutation drives[0].type"),
        ({"drives": [{"name": "a", "source": f"{GENE}a", "type": "dvd"}]}, "drives[0].source"),
        ({"drives": [{"name": "a", "source": "gene:acme/tools"}]}, "drives[0].source"),
        (
            {"drives": [{"name": "a", "source": r"C:\a\..\b"}, {"name": "b", "source": "/b"}]},
            "drives[0].source drives[1].source",
        ),
        (
            {"network_adapters": [{"name": "e", "mac_address": "zz"}]},
            "network_adapters[0].name network_adapters[0].mac_address",
        ),
        ({"network_adapters": [{"name": f"eth{number}"} for number in range(9)]}, "network_adapters"),
        ({"networks": [{"name": f"n{number}"} for number in range(9)]}, "networks"),
        (
            {"networks": [{"name": "n", "adapter_name": "e", "subnet_v6": {"ip_pool": "a_b"}}]},
            "networks[0].adapter_name networks[0].subnet_v6.ip_pool",
        ),
        (
            {"capabilities": [{"name": "se"}, {"name": "a-b", "details": "x"}]},
            "capabilities[0].name capabilities[1].name capabilities[1].details",
        ),
        ({"capabilities": [{"name": "tpm"}, {"name": "TPM"}]}, "capabilities"),
        (
            {"variables": [{"name": "CATLETID"}, {"name": "n", "type": "number", "value": "abc"}]},
            "variables[0].name variables[1].value",
        ),
        (
            {"variables": [{"name": "1a"}, {"name": "b", "type": "boolean", "value": "True"}]},
            "variables[0].name variables[1].value",
        ),
        (
            {"variables": [{"name": "a", "type": 2, "value": "x"}, {"name": "b", "type": 7, "value": "x"}]},
            "variables[0].value variables[1].value",
        ),
        ({"variables": [{"name": "a"}, {"name": "A"}]}, "variables"),
        (
            {"variables": [{"name": "a", "type": "text", "secret": "yes", "value": ["x"]}]},
            "variables[0].type variables[0].value variables[0].secret",
        ),
        ({"fodder": [{}]}, "fodder[0]"),
        ({"fodder": [{"name": "f"}, {"name": "a b", "content": "x"}]}, "fodder[0] fodder[1].name"),
        (
            {"fodder": [{"name": "f", "content": "x", "type": "Shellscript", "filename": "a/b"}]},
            "fodder[0].type fodder[0].filename",
        ),
        (
            {"fodder": [{"name": "f", "remove": True, "secret": False, "variables": [{"name": "v"}]}]},
            "fodder[0].secret fodder[0].variables",
        ),
        (
            {"fodder": [{"source": f"{GENE}f", "content": "x", "variables": [{"name": "v", "required": False}]}]},
            "fodder[0].content fodder[0].variables[0]",
        ),
        ({"fodder": [{"name": "f", "content": "x"}, {"name": "F", "remove": True}]}, "fodder"),
        ({"fodder": [{"source": "gene:acme/tools:f"}, {"source": "gene:ACME/tools/latest:f"}]}, "fodder"),
        ({"fodder": [{"source": "gene:acme/tools:f"}, {"source": f"{GENE}g"}]}, "fodder"),
        ({"fodder": [{"source": f"{GENE}catlet"}]}, "fodder"),
        ({"project": "p" * 21, "location": "l" * 21, "store": "a_b"}, "project location store"),
        ({"parent": "a/b"}, "parent"),
        ({"parent": "acme/linux/1.0/x"}, "parent"),
        ({"config_type": "catlet"}, "config_type"),
    ],
)
def test_all_that_the_server_refuses_is_refused_at_once(configuration: dict[str, Any], paths: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"^Nothing was sent\. ") as caught:
        check_configuration(configuration)
    assert {*caught.value.errors} == {f"{ROOT}.{path}" for path in paths.split()}
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({"parnet": "acme/linux"}, "there is no such member. Did you mean 'parent'?"),
        ({"Name": "a"}, "Did you mean 'name'?"),
        ({"networkAdapters": []}, "Did you mean 'network_adapters'?"),
        ({"cpu": {"cores": 2}}, "There is only count."),
        ({"memory": {"ram": 2}}, "There are startup, minimum, maximum."),
        (
            {"drives": [{"name": "a", "type": "sharedvdh"}]},
            "'sharedvdh' is not allowed here. Did you mean 'shared_vhd'?",
        ),
        ({"cpu": {"count": "2"}}, "expected a whole number, got a string. Write the number without quotes."),
        (
            {"drives": [{"name": "a", "size": "20 GB"}]},
            "expected a whole number, got a string. Write the number of GiB without a unit or quotes.",
        ),
        ({"networks": ["default"]}, "expected a mapping, got a string. If it is the name, write it as name: ... in"),
        ({"fodder": [{"name": "a", "remove": "true"}]}, "got a string. Write true or false without quotes."),
        ({"cpu": "2"}, "expected a mapping, or a whole number for count, got a string."),
        ({"version": 1.0}, "expected a string, got a number with a decimal point. Put it in quotes."),
        ({"memory": {"startup": 64}}, "64 must be from 128 to 12582912 MiB. 64 must be a multiple of 128 MiB."),
        ({"name": "a_b"}, "$.configuration.name: 'a_b' may only have letters, digits, dots and hyphens."),
        ({"drives": [{"name": "a"}, {"name": "A"}]}, "$.configuration.drives: [1] has the same name as [0]."),
        ({"fodder": [{}]}, "it needs a name or a source. it needs content or a source, unless it is removed."),
    ],
)
def test_an_error_says_what_is_wrong_and_what_to_do(configuration: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration(configuration)
    assert words in str(caught.value)


def test_a_long_list_of_problems_is_cut_in_the_message_only() -> None:
    with pytest.raises(InvalidRequestError, match=r"There are 3 more members with problems") as caught:
        check_configuration({f"x{number}": 1 for number in range(8)})
    assert len(caught.value.errors) == 8


YAML = """\
name: web
parnet: acme/linux
cpu: {count: 0}
drives:
- name: data
- size: 5
  name: Data
memory:
  startup: 1024
  minimum:
    2048
"""
JSON = """{"name": "web", "parnet": "acme/linux",
 "cpu": {
   "count": 0},
 "drives": [{"name": "data"},
   {"size": 5, "name": "Data"}], "memory": {"startup": 1024,
   "minimum": 2048}}
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (YAML, {"parnet": 2, "cpu.count": 3, "drives": 6, "memory.minimum": 10}),
        (JSON, {"parnet": 1, "cpu.count": 3, "drives": 5, "memory.minimum": 6}),
        (f"config:\n  {'  '.join(YAML.splitlines(keepends=True))}", {"parnet": 3, "drives": 7}),
        ("cpu: 0", {"cpu.count": 1}),
        ("fodder:\n- name: f\n", {"fodder[0]": 2}),
        ("x: &x {name: b, size: 0}\nvariables: []\ndrives:\n- <<: *x\n  name: c", {"x": 1, "drives[0].size": 1}),
    ],
)
def test_problems_of_a_string_have_their_lines(text: str, lines: dict[str, int]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration(text)
    for path, line in lines.items():
        assert f"(the string, line {line})." in caught.value.errors[f"{ROOT}.{path}"][0]


def test_problems_of_a_file_have_its_name(tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    path.write_text(YAML, encoding="utf-8")
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration(path)
    assert caught.value.errors[f"{ROOT}.parnet"] == (
        f"there is no such member ({path}, line 2). Did you mean 'parent'?",
    )


def test_members_of_a_newer_server_pass_on_request_and_nothing_else() -> None:
    novel = {"novel": {"a": [1]}, "cpu": {"novel": None}, "name": "a_b"}
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration(novel, unknown="allow")
    assert [*caught.value.errors] == [f"{ROOT}.name"]
    assert check_configuration({**novel, "name": "ab"}, unknown="allow") == {**novel, "name": "ab"}
    with pytest.raises(InvalidRequestError, match="unknown: 'ignore' is neither 'refuse' nor 'allow'"):
        check_configuration({}, unknown="ignore")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "configuration",
    [
        {"name": "hush x", "variables": [{"name": "a", "secret": True, "value": "hush"}]},
        {"drives": [{"name": "a", "type": "hush"}], "variables": [{"name": "a", "secret": True, "value": "hush"}]},
        {"variables": [{"name": "a", "type": "number", "value": "hush"}, {"name": "b", "value": ["hush"]}]},
        {"variables": ["hush"], "fodder": [{"name": "f", "content": ["hush"], "secret": True}]},
    ],
)
def test_the_value_of_a_variable_is_not_shown(configuration: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration(configuration)
    assert "hush" not in f"{caught.value} {vars(caught.value)}"


def test_all_problems_are_in_one_error_with_those_of_the_variables() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration({"nmae": "web", "variables": [{"name": "size"}]}, {"sise": 1})
    assert [*caught.value.errors] == [f"{ROOT}.nmae", "variables.sise"]


POOL = "networks[0].subnets[0].ip_pools[0]"


def network(**members: object) -> dict[str, object]:
    return {"networks": [{"name": "default", **members}]}


def pool(**members: object) -> dict[str, object]:
    ends = {"first_ip": "10.0.0.100", "last_ip": "10.0.0.200"}
    return network(address="10.0.0.0/20", subnets=[{"ip_pools": [{**ends, **members}]}])


@pytest.mark.parametrize(
    "configuration",
    [
        {},
        {"networks": []},
        {"networks": None, "project": "other", "version": "1.0"},
        network(),
        network(address="", provider={"name": "flat"}, subnets=[{"ip_pools": [{}]}]),
        network(name="a b_", address="10.0.0.0/20", subnets=[{"mtu": 99, "dns_servers": ["x"], "dns_domain": "y"}]),
        network(address="10.0.0.0/20", subnets=[{"address": "10.0.1.0/24"}]),
        pool(next_ip="10.0.0.150"),
        {"networks": [{"name": "a"}, {"name": "A"}, {"name": "a", "environment": "dev"}]},
    ],
)
def test_networks_that_may_work_are_sent_as_they_are(configuration: dict[str, Any]) -> None:
    assert check_networks(configuration) == configuration


@pytest.mark.parametrize(
    ("configuration", "paths"),
    [
        ({"network": [], "project": "a b", "version": 1}, "network project version"),
        ({"networks": [7, None, {"address": "10.0.0.0/20"}]}, "networks[0] networks[1] networks[2].name"),
        ({"networks": [{"name": "a"}, {"name": "a", "environment": "default"}]}, "networks"),
        (
            {"networks": [{"name": "a", "address": "10.0.0.0/20"}, {"name": "b", "address": "10.0.1.0/24"}]},
            "networks[1].address",
        ),
        (network(address="10.0.0.0/33"), "networks[0].address"),
        (network(address="10.0.0.5/24"), "networks[0].address"),
        (network(address="fd00::/64"), "networks[0].address"),
        (network(address="10.0.0.0/20", subnets=[{"address": "192.168.0.0/24"}]), "networks[0].subnets[0].address"),
        (
            network(provider={"names": "x"}, subnets=[{"mtu": "x"}]),
            "networks[0].provider.names networks[0].subnets[0].mtu",
        ),
        (pool(first_ip=None, next_ip="10.99.0.1"), f"{POOL}.first_ip {POOL}.next_ip"),
        (pool(first_ip="10.0.0.201"), f"{POOL}.last_ip"),
        (pool(next_ip="10.0.0.201"), f"{POOL}.next_ip"),
        (pool(last_ip="x"), f"{POOL}.last_ip"),
    ],
)
def test_networks_that_cannot_work_are_refused(configuration: dict[str, Any], paths: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_networks(configuration)
    assert {*caught.value.errors} == {f"{ROOT}.{path}" for path in paths.split()}


def test_networks_have_a_short_form_and_lines() -> None:
    text = "networks:\n- name: 1\n  provider: on\n"
    provided = {"networks": [{"name": "1", "provider": {"name": "on"}}]}
    assert check_networks(text) == provided
    with pytest.raises(
        InvalidRequestError, match=r"networks\[0\]\.adress: there is no such member \(the string, line 4"
    ):
        check_networks(f"{text}  adress: 10.0.0.0/20")
    assert check_networks({"novel": 1}, unknown="allow") == {"novel": 1}


@pytest.mark.parametrize(
    ("configuration", "content_type", "paths"),
    [
        ('{"name": "a b", "cpu": 2}', None, "name cpu"),
        ('{"Name": "ab"}', None, "Name name"),
        ({"project": "dev", "config_type": "instance"}, None, "name project config_type"),
        ("parnet: x", None, "parnet name"),
        (
            "name: web\nfodder:\n- {name: a, content: {b: c}}\n- name: d\n  content:\n    e: [f]",
            None,
            "fodder[0].content",
        ),
        ("- a", None, ""),
    ],
)
def test_the_content_of_a_specification_is_checked(configuration: Any, content_type: Any, paths: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_specification(configuration, content_type)
    assert [*caught.value.errors] == [
        f"{ROOT}.content{path and '.'}{path}" for path in (paths.split() if paths else [""])
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Name: web\nCPU: '2'\nmemory: {Startup: '1024'}\ncapabilities: [secure_boot]\n",
        "name: web\nversion: 1.0\nvariables:\n- {name: a, secret: 'true', value: 5}\n",
    ],
)
def test_yaml_that_the_server_reads_itself_may_be_written_its_way(text: str) -> None:
    assert check_specification(text) == {"content_type": "application/yaml", "content": text}
    with pytest.raises(InvalidRequestError):
        check_specification(f"{text}Drive: []")


def test_what_was_checked_passes_again() -> None:
    once = check_configuration({**COMPLETE, "cpu": 2})
    assert check_configuration(once) == once
    assert violations(once, CATLET, ROOT) == ()
