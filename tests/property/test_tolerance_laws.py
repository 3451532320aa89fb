"""Laws of reading replies: anything new is no error, and anything missing is one that names its place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph import wire
from rxeryph.errors import WireError

quick = settings(max_examples=25, deadline=None)
Load = Callable[[object], object]

PROJECT = {"id": "p", "name": "default", "tenant_id": "t"}
PORT = {"name": "f", "provider": "default", "ip_v4_addresses": ["10.0.0.9"]}

# Each reply with the paths of its required members.
ALONE: dict[Load, tuple[dict[str, Any], str]] = {
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
        "id name status project.id networks.0.name networks.0.floating_port.name network_adapters.0.name"
        " drives.0.type specification.specification_id specification.specification_version_id",
    ),
    wire.load_virtual_disk: (
        {
            "id": "d",
            "name": "sda",
            "status": "Ok",
            "size_bytes": 1,
            "gene": {"gene_set": "a/b/c", "name": "sda"},
            "attached_catlets": [{"type": "Vhd", "catlet_id": "c"}],
        },
        "id name gene.gene_set gene.name attached_catlets.0.catlet_id",
    ),
    wire.load_virtual_network: (
        {"id": "n", "name": "default", "project": PROJECT, "ip_network": "10.0.0.0/20"},
        "id name project.id",
    ),
    wire.load_gene: (
        {"id": "g", "gene_type": "Volume", "gene_set": "a/b/c", "name": "sda", "size": 1, "catlets": ["c"]},
        "id gene_type gene_set name",
    ),
    wire.load_project: (PROJECT, "id"),
    wire.load_project_member: (
        {"id": "m", "member_id": "c", "role_id": "r", "role_name": "owner", "project": PROJECT},
        "id member_id role_id project.id",
    ),
    wire.load_validation_result: (
        {"is_valid": False, "errors": [{"member": "$.name", "message": "no"}]},
        "is_valid errors.0.message",
    ),
    wire.load_configuration: ({"configuration": {"name": "web"}}, "configuration"),
    wire.load_specification_versions: (
        {"value": [{"id": "v", "created_at": "2026-01-01T08:00:05+00:00", "comment": "first"}]},
        "value value.0.id",
    ),
    wire.load_options: ({"value": [{"name": "dev", "site": "here"}]}, "value value.0.name"),
    wire.load_specification: (
        {
            "id": "s",
            "name": "web",
            "project": PROJECT,
            "latest": {"id": "v", "created_at": "2026-01-01T08:00:05+00:00"},
            "deployments": [{"environment": "dev", "catlet_id": "c"}],
        },
        "id name project.id latest.id deployments.0.catlet_id",
    ),
    wire.load_specification_version: (
        {
            "id": "v",
            "specification_id": "s",
            "configuration": {"content_type": "application/yaml", "content": "name: web"},
            "variants": [{"architecture": "any", "pinned_genes": [{"gene_set": "a/b/c", "hash": "h"}]}],
        },
        "id specification_id configuration.content_type configuration.content variants.0.architecture"
        " variants.0.pinned_genes.0.gene_set",
    ),
    wire.load_client: (
        {"id": "c", "name": "ci", "allowed_scopes": ["compute:read"], "roles": [], "tenant_id": "t"},
        "id allowed_scopes",
    ),
    wire.load_client_with_secret: (
        {"id": "c", "name": "ci", "allowed_scopes": ["compute:read"], "tenant_id": "t", "key": "k"},
        "id allowed_scopes key",
    ),
    wire.load_version: (
        {"latest_version": {"major": 1, "minor": 2}},
        "latest_version latest_version.major latest_version.minor",
    ),
    wire.load_operation: (
        {
            "id": "o",
            "status": "Completed",
            "resources": [{"id": "l", "resource_id": "c", "resource_type": "Catlet"}],
            "projects": [PROJECT],
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
        "id status resources.0.id resources.0.resource_id resources.0.resource_type projects.0.id"
        " tasks.0.id tasks.0.parent_task_id tasks.0.name tasks.0.status tasks.0.reference.id tasks.0.reference.type"
        " log_entries.0.id log_entries.0.task_id log_entries.0.timestamp result.result_type result.token",
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
RESULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"result_type": "CatletConfig", "configuration": {"name": "web"}}, ""),
    ({"result_type": "Catlet", "catlet_id": "c"}, "result.catlet_id"),
    ({"result_type": "CatletSpecification", "configuration": {"name": "web"}, "genes": {"g": "sha256:0"}}, ""),
    ({"result_type": "GuestServicesStatus", "guest_services_status": "available", "shell": "bash"}, ""),
    ({"result_type": "ProvisioningLog", "rendered_log": "", "events": [{"name": "e"}]}, "result.events.0.name"),
    ({"result_type": "Novel", "anything": {"at": ["all"]}}, ""),
)


class Sample(NamedTuple):
    """A reply, the function that loads it, and the paths of the members that it requires."""

    name: str
    load: Load
    reply: dict[str, Any]
    required: tuple[str, ...]


def written(data: object) -> bytes:
    return json.dumps(data).encode()


def _samples() -> Iterator[Sample]:
    for load, (reply, required) in ALONE.items():
        yield Sample(load.__name__, load, reply, tuple(required.split()))
    for load, one in LISTS.items():
        reply, required = ALONE[one]
        paths = ("value", *(f"value.0.{path}" for path in required.split()))
        yield Sample(load.__name__, load, {"value": [reply]}, paths)
    operation, required = ALONE[wire.load_operation]
    for result, members in RESULTS:
        name = f"result {result['result_type']}"
        yield Sample(
            name, wire.load_operation, {**operation, "result": result}, ("result.result_type", *members.split())
        )
    yield Sample("polled", lambda data: wire.SnapshotLoader().load(written(data)), operation, tuple(required.split()))
    head = {name: value for name, value in operation.items() if not isinstance(value, list | dict)}
    yield Sample("load_head", lambda data: wire.load_head(written(data)), head, ("id", "status"))


SAMPLES = tuple(_samples())
ENUMS = ("status", "gene_type", "resource_type", "result_type", "content_type", "role_name", "type")


def nouns(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects whose members the API names; users name those of configurations and of genes by id."""
    found = list(objects(reply))
    free = [item for place in found for name, item in place.items() if name in ("configuration", "genes", "anything")]
    filled = [place for item in free for place in objects(item) if "content_type" not in place]
    return [place for place in found if place not in filled and place.get("result_type") != "Novel"]


def objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def holder(reply: Any, path: str) -> tuple[Any, str]:
    """The object at the end of ``path``, and the name of its member."""
    *steps, member = path.split(".")
    for step in steps:
        reply = reply[int(step)] if step.isdigit() else reply[step]
    return reply, member


def test_every_reply_has_a_sample() -> None:
    loaders = {name for name in dir(wire) if name.startswith("load_")}
    assert loaders - {sample.name for sample in SAMPLES} == {"load_problem"}


@quick
@given(st.sampled_from(SAMPLES), st.text(max_size=5), st.recursive(st.none() | st.integers(), st.lists))
def test_unknown_members_change_nothing(sample: Sample, name: str, value: object) -> None:
    reply = copy.deepcopy(sample.reply)
    for place in nouns(reply):
        place[f"novel_{name}"] = value
    assert sample.load(reply) == sample.load(sample.reply)


@quick
@given(st.sampled_from(SAMPLES), st.text(min_size=1, max_size=8))
def test_unknown_names_are_no_error(sample: Sample, novel: str) -> None:
    reply = copy.deepcopy(sample.reply)
    for place in list(objects(reply)):
        for member in ENUMS:
            if member in place:
                place[member] = f"Novel{novel}"
    sample.load(reply)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_null_is_the_same_as_absent(sample: Sample) -> None:
    for index, place in enumerate(nouns(sample.reply)):
        for member in place:
            null, absent = copy.deepcopy(sample.reply), copy.deepcopy(sample.reply)
            nouns(null)[index][member] = None
            del nouns(absent)[index][member]
            assert outcome(sample.load, null) == outcome(sample.load, absent)


def outcome(load: Load, reply: object) -> object:
    try:
        return load(reply)
    except WireError as error:
        return error.path, error.expected


@pytest.mark.parametrize(
    ("sample", "path"),
    [pytest.param(sample, path, id=f"{sample.name}:{path}") for sample in SAMPLES for path in sample.required],
)
def test_a_missing_member_is_named(sample: Sample, path: str) -> None:
    reply = copy.deepcopy(sample.reply)
    place, member = holder(reply, path)
    del place[member]
    with pytest.raises(WireError, match=r"required|Not an object") as caught:
        sample.load(reply)
    assert caught.value.path == "$." + re.sub(r"\.(\d+)", r"[\1]", path)


@pytest.mark.parametrize("reply", [None, 7, [], "x"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_reply_that_is_no_object_is_refused(sample: Sample, reply: object) -> None:
    with pytest.raises(WireError) as caught:
        sample.load(reply)
    assert caught.value.path == "$"


WRONG = {
    wire.load_operation: "status tasks tasks.0 tasks.0.status log_entries.0.timestamp result",
    wire.load_virtual_disk: "id status size_bytes gene attached_catlets.0",
    wire.load_virtual_networks: "value value.0 value.0.project",
    wire.load_validation_result: "is_valid errors errors.0.message",
    wire.load_specification_versions: "value.0.created_at",
    wire.load_client_with_secret: "key allowed_scopes",
}


@pytest.mark.parametrize(("load", "path"), [(load, path) for load, paths in WRONG.items() for path in paths.split()])
def test_a_member_of_another_type_is_named(load: Callable[..., object], path: str) -> None:
    reply = copy.deepcopy(next(sample.reply for sample in SAMPLES if sample.load is load))
    place, member = holder(reply, path)
    place[int(member) if member.isdigit() else member] = {} if member == "value" or member.endswith("s") else ["odd"]
    with pytest.raises(WireError) as caught:
        load(reply, "http://x/y")
    where = re.sub(r"\.(\d+)", r"[\1]", path)
    assert (caught.value.path, caught.value.url) == (f"$.{where}", "http://x/y")
    assert f"from http://x/y does not fit at $.{where}:" in str(caught.value)
    assert "odd" not in str(caught.value) or member != "key"


@pytest.mark.parametrize("body", [None, [], "x", {"title": 7}, {"errors": [1]}, {"errors": {"$.a": "x"}, "novel": 1}])
def test_a_problem_is_read_whatever_it_is(body: object) -> None:
    wire.load_problem(body)
