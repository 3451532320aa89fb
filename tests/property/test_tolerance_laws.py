"""Laws of reading replies: what is new is no error, what is missing is one that names its place."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph import wire
from rxeryph.errors import WireError

quick = settings(max_examples=25, deadline=None)
Path = tuple[str | int, ...]

PROJECT = {"id": "p", "name": "default", "tenant_id": "t"}
PORT = {"name": "f", "provider": "default", "ip_v4_addresses": ["10.0.0.9"]}
# Each sample with the paths of the members that must be there.
SAMPLES: dict[Callable[[object], object], tuple[dict[str, Any], tuple[Path, ...]]] = {
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
    wire.load_virtual_networks: (
        {"value": [{"id": "n", "name": "default", "project": PROJECT}]},
        (("value", 0, "id"), ("value", 0, "name"), ("value", 0, "project", "id")),
    ),
    wire.load_gene: (
        {"id": "g", "gene_type": "Volume", "gene_set": "a/b/c", "name": "sda", "size": 1, "catlets": ["c"]},
        (("id",), ("gene_type",), ("gene_set",), ("name",)),
    ),
    wire.load_project_members: (
        {"value": [{"id": "m", "member_id": "c", "role_id": "r", "role_name": "owner", "project": PROJECT}]},
        (("value", 0, "id"), ("value", 0, "member_id"), ("value", 0, "role_id"), ("value", 0, "project", "id")),
    ),
    wire.load_options: ({"value": [{"name": "dev", "site": "here"}]}, (("value", 0, "name"),)),
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
ENUMS = ("status", "gene_type", "resource_type", "result_type", "content_type", "role_name", "type")


def objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


@quick
@given(st.sampled_from(list(SAMPLES)), st.text(max_size=5), st.recursive(st.none() | st.integers(), st.lists))
def test_members_nobody_knows_change_nothing_anywhere(
    load: Callable[[object], object], name: str, value: object
) -> None:
    sample = SAMPLES[load][0]
    reply = copy.deepcopy(sample)
    for place in list(objects(reply)):
        place[f"novel_{name}"] = value
    assert load(reply) == load(sample)


@quick
@given(st.sampled_from(list(SAMPLES)), st.text(min_size=1, max_size=8))
def test_names_nobody_knows_are_no_error_anywhere(load: Callable[[object], object], novel: str) -> None:
    reply = copy.deepcopy(SAMPLES[load][0])
    for place in list(objects(reply)):
        for member in ENUMS:
            if member in place:
                place[member] = f"Novel{novel}"
    load(reply)


@pytest.mark.parametrize("absent", ["missing", None])
@pytest.mark.parametrize(
    ("load", "path"),
    [pytest.param(load, path, id=f"{load.__name__}:{path}") for load in SAMPLES for path in SAMPLES[load][1]],
)
def test_a_member_that_must_be_there_is_named_when_it_is_not(
    load: Callable[[object], object], path: Path, absent: str | None
) -> None:
    reply = copy.deepcopy(SAMPLES[load][0])
    place: Any = reply
    for step in path[:-1]:
        place = place[step]
    if absent is None:
        place[path[-1]] = None
    else:
        del place[path[-1]]
    with pytest.raises(WireError) as caught:
        load(reply)
    assert caught.value.path == "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
