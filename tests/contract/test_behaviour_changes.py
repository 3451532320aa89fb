"""Parts of a catlet are changed, and what an update cannot do is refused before anything is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rxeryph import Eryph
from rxeryph.errors import InvalidRequestError
from rxeryph.model import Catlet, Project
from tests.contract.conftest import PATIENCE
from tests.contract.exercises import exercises
from tests.simulation import STARTER

UPDATE = "PUT /v1/catlets/{id}"
NETWORKS = [
    {"name": name, "address": f"10.{number}.0.0/20", "subnets": [{"name": "default", "ip_pools": [pool]}]}
    for number, name in ((8, "default"), (9, "backup"))
    for pool in [{"name": "default", "first_ip": f"10.{number}.0.10", "last_ip": f"10.{number}.0.99"}]
]


@pytest.fixture
def rich(server: Eryph, project: Project) -> Catlet:
    """A catlet with a parent, two networks, a drive, a variable and fodder of its own; turned off."""
    networks = server.virtual_networks.update_config(project.id, {"networks": NETWORKS})
    networks.wait(PATIENCE).raise_for_status()
    result = server.catlets.create(
        {
            "name": "rich",
            "project": project.name,
            "parent": STARTER,
            "memory": {"startup": 1024, "minimum": 512},
            "drives": [{"name": "data", "size": 2}],
            "capabilities": [{"name": "nested_virtualization"}],
            "network_adapters": [{"name": "eth0"}, {"name": "eth1"}],
            "networks": [
                {"name": "default", "adapter_name": "eth0"},
                {"name": "backup", "adapter_name": "eth1"},
            ],
            "variables": [{"name": "user", "value": "ada"}],
            "fodder": [{"name": "hello", "type": "shellscript", "content": "echo {{ user }}"}],
        }
    ).wait(PATIENCE)
    result.raise_for_status()
    return result.catlet


def names(configuration: Mapping[str, Any], member: str) -> list[str]:
    return sorted(each["name"] for each in configuration.get(member, ()))


def change(server: Eryph, catlet: Catlet, wanted: Any) -> Mapping[str, Any]:
    """The configuration of the catlet after the change, which ``dry_run`` must have foreseen."""
    planned = server.catlets.change(catlet.id, wanted, dry_run=True)
    assert planned.differences
    assert not planned.configuration.keys() & {"variables", "fodder"}
    server.catlets.change(catlet.id, wanted).wait(PATIENCE).raise_for_status()
    return server.catlets.get_config(catlet.id)


@exercises(UPDATE)
def test_a_drive_and_a_capability_are_removed(server: Eryph, rich: Catlet) -> None:
    before = server.catlets.get_config(rich.id)
    removed = {"mutation": "remove"}
    after = change(
        server,
        rich,
        {
            "drives": [{"name": "DATA", **removed}],
            "capabilities": [{"name": "nested_virtualization", **removed}],
        },
    )
    assert names(after, "drives") == [name for name in names(before, "drives") if name != "data"]
    assert "nested_virtualization" not in names(after, "capabilities")
    assert names(after, "networks") == names(before, "networks")
    for member in ("memory", "variables", "fodder"):
        assert after[member] == before[member]


@exercises(UPDATE)
def test_an_adapter_is_removed_with_its_network(server: Eryph, rich: Catlet) -> None:
    adapter = {"network_adapters": [{"name": "eth1", "mutation": "remove"}]}
    with pytest.raises(InvalidRequestError, match="while network 'backup' uses it") as caught:
        server.catlets.change(rich.id, adapter)
    assert [*caught.value.errors] == ["$.configuration.network_adapters[name=eth1]"]
    after = change(server, rich, {**adapter, "networks": [{"name": "backup", "mutation": "remove"}]})
    assert (names(after, "networks"), names(after, "network_adapters")) == (["default"], ["eth0"])


@exercises(UPDATE)
def test_a_network_is_removed_without_its_adapter(server: Eryph, rich: Catlet) -> None:
    after = change(server, rich, {"networks": [{"name": "backup", "mutation": "remove"}]})
    assert (names(after, "networks"), names(after, "network_adapters")) == (["default"], ["eth0", "eth1"])


@exercises(UPDATE)
def test_a_file_has_the_parts_to_change(server: Eryph, rich: Catlet, tmp_path: Path) -> None:
    path = tmp_path / "more.yaml"
    path.write_text("name: richer\nmemory: 2048\ncpu: 3\n", encoding="utf-8")
    planned = server.catlets.change(rich.id, path, dry_run=True)
    assert {each.path.removeprefix("$.configuration."): each.after for each in planned.differences} == {
        "name": "richer",
        "memory.startup": 2048,
        "cpu.count": 3,
    }
    after = change(server, rich, path)
    assert (after["name"], after["cpu"]["count"], after["memory"]["startup"]) == ("richer", 3, 2048)
    assert after["memory"]["minimum"] == 512


@exercises(UPDATE)
def test_a_function_changes_what_the_server_has(server: Eryph, rich: Catlet) -> None:
    def grow(configuration: dict[str, Any]) -> None:
        assert not configuration.keys() & {"variables", "fodder"}
        next(each for each in configuration["drives"] if each["name"] == "data")["size"] += 1

    after = change(server, rich, grow)
    assert [each["size"] for each in after["drives"] if each["name"] == "data"] == [3]


def explode(configuration: object) -> None:
    raise LookupError("mine")


def misspelt(configuration: dict[str, Any]) -> None:
    configuration["memroy"] = {"startup": 2048}


@pytest.mark.parametrize(
    ("wanted", "error", "path"),
    [
        (explode, LookupError, None),
        (misspelt, InvalidRequestError, "memroy"),
        ({"parnet": "acme/linux"}, InvalidRequestError, "parnet"),
        ({"memory": {"minimum": 2048}}, InvalidRequestError, "memory.minimum"),
        ({"parent": "acme/linux/2.0"}, InvalidRequestError, "parent"),
        ({"project": "other"}, InvalidRequestError, "project"),
        ({"fodder": [{"name": "hello", "remove": True}]}, InvalidRequestError, "fodder"),
        ({"variables": []}, InvalidRequestError, "variables"),
        (lambda configuration: {"name": "rich"}, InvalidRequestError, "project"),
    ],
)
def test_nothing_is_submitted_for_a_change_that_cannot_be_made(
    server: Eryph, rich: Catlet, wanted: Any, error: type[Exception], path: str | None
) -> None:
    before = {each.id for each in server.operations.list()}
    with pytest.raises(error) as caught:
        server.catlets.change(rich.id, wanted)
    assert {each.id for each in server.operations.list()} == before
    assert path is None or f"$.configuration.{path}" in getattr(caught.value, "errors", ())


@pytest.mark.parametrize("member", ["environment", "store", "location", "hostname", "config_type"])
def test_what_is_fixed_at_creation_cannot_change(server: Eryph, rich: Catlet, member: str) -> None:
    other = "configuration" if member == "config_type" else "another"
    for wanted in ({member: other}, lambda given: {name: given[name] for name in given if name != member}):
        with pytest.raises(InvalidRequestError) as caught:
            server.catlets.change(rich.id, wanted)
        assert [*caught.value.errors] == [f"$.configuration.{member}"]


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ({"mutation": "remove"}, ""),
        ({"store": "another"}, ".store"),
        ({"location": "another"}, ".location"),
        ({"source": "gene:acme/linux/2.0:sda"}, ".source"),
        ({"type": "dvd"}, ".source"),
    ],
)
def test_a_drive_of_a_gene_cannot_be_removed_or_moved(
    server: Eryph, rich: Catlet, wanted: dict[str, str], part: str
) -> None:
    drives: Any = server.catlets.get_config(rich.id)["drives"]
    name = next(each["name"] for each in drives if str(each.get("source")).startswith("gene:"))
    with pytest.raises(InvalidRequestError) as caught:
        server.catlets.change(rich.id, {"drives": [{"name": name, **wanted}]})
    assert [*caught.value.errors] == [f"$.configuration.drives[name={name}]{part}"]
