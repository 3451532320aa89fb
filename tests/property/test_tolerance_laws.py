"""Laws of reading replies: what is new is no error, what is missing is one that names its place."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph import wire
from rxeryph.errors import WireError

quick = settings(max_examples=25, deadline=None)
Path = tuple[str | int, ...]
Load = Callable[[object], object]

PROJECT = {"id": "p", "name": "default", "tenant_id": "t"}
PORT = {"name": "f", "provider": "default", "ip_v4_addresses": ["10.0.0.9"]}

# What comes alone, each with the paths of the members that must be there.
ALONE: dict[Load, tuple[dict[str, Any], tuple[Path, ...]]] = {
    wire.load_catlet: (
        {
            "id": "c",
            "name": "web",
            "status": "Running",
            "project": PROJECT,
            "networks": [{"name": "n", "i_pv4_default_gateway": "10.0.0.1", "floating_port": PORT}],
            "network_adapters": [{"name": "eth0", "mac_address": "d2:ab"}],
            "drives": [{"type": "Vhd", "attached_disk_id": "d"}],
            "specification": {"specification_id": "s", "specification_version_id": "v"},
        },
        (
            ("id",),
            ("name",),
            ("status",),
            ("project", "id"),
            ("networks", 0, "name"),
            ("networks", 0, "floating_port", "name"),
            ("network_adapters", 0, "name"),
            ("drives", 0, "type"),
            ("specification", "specification_id"),
            ("specification", "specification_version_id"),
        ),
    ),
    wire.load_virtual_disk: (
        {
            "id": "d",
            "name": "sda",
            "status": "Ok",
            "gene": {"gene_set": "a/b/c", "name": "sda"},
            "attached_catlets": [{"type": "Vhd", "catlet_id": "c"}],
        },
        (("id",), ("name",), ("gene", "gene_set"), ("gene", "name"), ("attached_catlets", 0, "catlet_id")),
    ),
    wire.load_virtual_network: (
        {"id": "n", "name": "default", "project": PROJECT},
        (("id",), ("name",), ("project", "id")),
    ),
    wire.load_gene: (
        {"id": "g", "gene_type": "Volume", "gene_set": "a/b/c", "name": "sda", "size": 1, "catlets": ["c"]},
        (("id",), ("gene_type",), ("gene_set",), ("name",)),
    ),
    wire.load_project: (PROJECT, (("id",),)),
    wire.load_project_member: (
        {"id": "m", "member_id": "c", "role_id": "r", "role_name": "owner", "project": PROJECT},
        (("id",), ("member_id",), ("role_id",), ("project", "id")),
    ),
    wire.load_validation_result: (
        {"is_valid": False, "errors": [{"member": "$.name", "message": "no"}]},
        (("is_valid",), ("errors", 0, "message")),
    ),
    wire.load_configuration: ({"configuration": {"name": "web"}}, (("configuration",),)),
    wire.load_specification_versions: (
        {"value": [{"id": "v", "created_at": "2026-01-01T08:00:05+00:00", "comment": "first"}]},
        (("value",), ("value", 0, "id")),
    ),
    wire.load_options: ({"value": [{"name": "dev", "site": "here"}]}, (("value",), ("value", 0, "name"))),
    wire.load_specification: (
        {
            "id": "s",
            "name": "web",
            "project": PROJECT,
            "latest": {"id": "v", "created_at": "2026-01-01T08:00:05+00:00"},
            "deployments": [{"environment": "dev", "catlet_id": "c"}],
        },
        (("id",), ("name",), ("project", "id"), ("latest", "id"), ("deployments", 0, "catlet_id")),
    ),
    wire.load_specification_version: (
        {
            "id": "v",
            "specification_id": "s",
            "configuration": {"content_type": "application/yaml", "content": "name: web"},
            "variants": [{"architecture": "any", "pinned_genes": [{"gene_set": "a/b/c", "hash": "h"}]}],
        },
        (
            ("id",),
            ("specification_id",),
            ("configuration", "content_type"),
            ("configuration", "content"),
            ("variants", 0, "architecture"),
            ("variants", 0, "pinned_genes", 0, "gene_set"),
        ),
    ),
    wire.load_client: (
        {"id": "c", "name": "ci", "allowed_scopes": ["compute:read"], "roles": [], "tenant_id": "t"},
        (("id",), ("name",), ("allowed_scopes",)),
    ),
    wire.load_client_with_secret: (
        {"id": "c", "name": "ci", "allowed_scopes": ["compute:read"], "tenant_id": "t", "key": "k"},
        (("id",), ("name",), ("allowed_scopes",), ("key",)),
    ),
    wire.load_version: (
        {"latest_version": {"major": 1, "minor": 2}},
        (("latest_version",), ("latest_version", "major"), ("latest_version", "minor")),
    ),
    wire.load_operation: (
        {
            "id": "o",
            "status": "Completed",
            "resources": [{"id": "l", "resource_id": "c", "resource_type": "Catlet"}],
            "tasks": [
                {
                    "id": "t",
                    "parent_task_id": "o",
                    "name": "T",
                    "status": "Completed",
                    "reference": {"id": "p", "type": "Project"},
                }
            ],
            "log_entries": [{"id": "e", "task_id": "t", "message": "m", "timestamp": "2026-01-01T08:00:05+00:00"}],
            "result": {"result_type": "SshChannel", "token": "hush"},
        },
        (
            ("id",),
            ("status",),
            ("resources", 0, "id"),
            ("resources", 0, "resource_id"),
            ("resources", 0, "resource_type"),
            *(("tasks", 0, member) for member in ("id", "parent_task_id", "name", "status")),
            ("tasks", 0, "reference", "id"),
            ("tasks", 0, "reference", "type"),
            *(("log_entries", 0, member) for member in ("id", "task_id", "timestamp")),
            ("result", "result_type"),
            ("result", "token"),
        ),
    ),
}

LISTS: dict[Load, Load] = {
    wire.load_catlets: wire.load_catlet,
    wire.load_virtual_disks: wire.load_virtual_disk,
    wire.load_virtual_networks: wire.load_virtual_network,
    wire.load_genes: wire.load_gene,
    wire.load_projects: wire.load_project,
    wire.load_project_members: wire.load_project_member,
    wire.load_specifications: wire.load_specification,
    wire.load_clients: wire.load_client,
    wire.load_operations: wire.load_operation,
}
RESULTS: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"result_type": "CatletConfig", "configuration": {"name": "web"}}, ()),
    ({"result_type": "Catlet", "catlet_id": "c"}, ("catlet_id",)),
    ({"result_type": "CatletSpecification", "configuration": {"name": "web"}, "genes": {"g": "sha256:0"}}, ()),
    ({"result_type": "GuestServicesStatus", "guest_services_status": "available", "shell": "bash"}, ()),
    ({"result_type": "ProvisioningLog", "rendered_log": "", "events": [{"name": "e", "type": "start"}]}, ()),
    ({"result_type": "Novel", "anything": {"at": ["all"]}}, ()),
)


class Sample(NamedTuple):
    """A reply, what loads it, and the paths of the members that must be there."""

    name: str
    load: Load
    reply: dict[str, Any]
    required: tuple[Path, ...]


def _samples() -> Iterator[Sample]:
    for load, (reply, required) in ALONE.items():
        yield Sample(load.__name__, load, reply, required)
    for load, one in LISTS.items():
        reply, required = ALONE[one]
        listed: tuple[Path, ...] = tuple(("value", 0, *path) for path in required)
        yield Sample(load.__name__, load, {"value": [reply]}, (("value",), *listed))
    for result, members in RESULTS:
        reply = {**ALONE[wire.load_operation][0], "result": result}
        paths: tuple[Path, ...] = tuple(("result", member) for member in ("result_type", *members))
        yield Sample(f"result {result['result_type']}", wire.load_operation, reply, paths)
    operation, required = ALONE[wire.load_operation]
    yield Sample("polled", lambda data: wire.SnapshotLoader().load(data), operation, required)
    listed = tuple(("value", 0, *path) for path in required)
    yield Sample("listed", lambda data: wire.ListLoader().load(data), {"value": [operation]}, listed)


SAMPLES = tuple(_samples())
ENUMS = ("status", "gene_type", "resource_type", "result_type", "content_type", "role_name", "type")


def _nouns(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects whose members the API names: not those that users fill, as configurations and genes by id."""
    found = list(objects(reply))
    free = [item for place in found for name, item in place.items() if name in ("configuration", "genes", "anything")]
    filled = [place for item in free for place in objects(item) if "content_type" not in place]
    return [place for place in found if place not in filled and place.get("result_type") != "Novel"]


def objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def test_every_reply_has_a_sample() -> None:
    loaders = {name for name in wire.__all__ if name.startswith("load_")}
    assert loaders - {sample.name for sample in SAMPLES} == {"load_problem"}


@quick
@given(st.sampled_from(SAMPLES), st.text(max_size=5), st.recursive(st.none() | st.integers(), st.lists))
def test_members_nobody_knows_change_nothing_anywhere(sample: Sample, name: str, value: object) -> None:
    reply = copy.deepcopy(sample.reply)
    for place in _nouns(reply):
        place[f"novel_{name}"] = value
    assert sample.load(reply) == sample.load(sample.reply)


@quick
@given(st.sampled_from(SAMPLES), st.text(min_size=1, max_size=8))
def test_names_nobody_knows_are_no_error_anywhere(sample: Sample, novel: str) -> None:
    reply = copy.deepcopy(sample.reply)
    for place in list(objects(reply)):
        for member in ENUMS:
            if member in place:
                place[member] = f"Novel{novel}"
    sample.load(reply)


@pytest.mark.parametrize("absent", ["missing", None])
@pytest.mark.parametrize(
    ("sample", "path"),
    [pytest.param(sample, path, id=f"{sample.name}:{path}") for sample in SAMPLES for path in sample.required],
)
def test_a_member_that_must_be_there_is_named_when_it_is_not(sample: Sample, path: Path, absent: str | None) -> None:
    reply = copy.deepcopy(sample.reply)
    place: Any = reply
    for step in path[:-1]:
        place = place[step]
    if absent is None:
        place[path[-1]] = None
    else:
        del place[path[-1]]
    with pytest.raises(WireError) as caught:
        sample.load(reply)
    assert caught.value.path == "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


@pytest.mark.parametrize("body", [None, [], "x", {"title": 7}, {"errors": [1]}, {"errors": {"$.a": "x"}, "novel": 1}])
def test_a_problem_is_read_whatever_it_is(body: object) -> None:
    wire.load_problem(body)
