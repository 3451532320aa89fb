"""The members of the server's documents, and the kinds of their values, as a real server sent them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import DEFAULT_PROJECT, STARTER, Raw

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("documents.json").read_text(encoding="utf-8"))
NOT_YET: dict[str, str] = {}
"""The documents that differ, and why. The list may only become shorter."""
SHOWN = {"status", "type", "resource_type", "result_type", "config_type", "architecture", "version", "environment"}
SHOWN |= {"store", "gene_type", "content_type"}
"""The members whose values are recorded; of the others only the kind is."""


@pytest.fixture(scope="module")
def sent() -> Iterator[dict[str, Any]]:
    """What the simulator sends, by the names of the recorded documents."""
    with Simulator(speed=0) as simulator, Raw(simulator) as raw:
        yield _documents(raw)


@pytest.mark.parametrize("name", RECORDED)
def test_the_document_has_the_members_of_the_real_one(
    sent: dict[str, Any], name: str, request: pytest.FixtureRequest
) -> None:
    if name in NOT_YET:
        request.applymarker(pytest.mark.xfail(reason=NOT_YET[name], strict=True))
    assert list(_differences(RECORDED[name], _shape(sent[name]))) == []


def _documents(raw: Raw) -> dict[str, Any]:
    configuration = {"parent": STARTER, "drives": [{"name": "sdb", "size": 5}]}
    configuration["variables"] = [{"name": "user", "value": "x"}]
    configuration["fodder"] = [{"name": "a", "type": "cloud-config", "content": "a: b"}]
    created = raw.change("POST", "/v1/catlets", {"configuration": {"name": "web", **configuration}})
    catlet, bare = f"/v1/catlets/{created['resources'][0]['resource_id']}", f"/v1/catlets/{raw.make_catlet('bare')}"
    content = {"content_type": "application/json", "content": json.dumps({"name": "planned"})}
    body = {"project_id": DEFAULT_PROJECT, "architectures": ["hyperv/amd64"], "configuration": content}
    made = raw.change("POST", "/v1/catlet_specifications", body)
    specification = f"/v1/catlet_specifications/{made['resources'][0]['resource_id']}"
    disk = {"project_id": DEFAULT_PROJECT, "name": "data01", "location": "store", "size": 3}
    disk = raw.change("POST", "/v1/virtualdisks", disk)["resources"][0]["resource_id"]
    planned = {"configuration": {"name": "x", "parent": STARTER}}
    genes = {gene["gene_type"]: f"/v1/genes/{gene['id']}" for gene in raw.get("/v1/genes")["value"]}
    network = raw.get("/v1/virtualnetworks")["value"][0]["id"]
    versions = raw.get(f"{specification}/versions")["value"]
    paths = {
        "catlet with parent": catlet,
        "catlet without parent": bare,
        "configuration of a catlet with parent": f"{catlet}/config",
        "configuration of a catlet without parent": f"{bare}/config",
        "disk free": f"/v1/virtualdisks/{disk}",
        **{f"gene {kind}": path for kind, path in genes.items()},
        "specification": specification,
        "specification versions": f"{specification}/versions",
        "specification version": f"{specification}/versions/{versions[0]['id']}",
        "networks": "/v1/virtualnetworks",
        "network": f"/v1/virtualnetworks/{network}",
        "network configuration": f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config",
        "projects": "/v1/projects",
        "project": f"/v1/projects/{DEFAULT_PROJECT}",
        "version": "/v1/version",
        "operation of a create, nothing expanded": f"/v1/operations/{created['id']}",
    }
    return {
        **{name: raw.get(path) for name, path in paths.items()},
        "operation of a create, everything expanded": created,
        "operation of an expansion": raw.change("POST", "/v1/catlets/config/expand", planned),
    }


def _shape(value: Any, name: str = "") -> Any:
    """The kinds of values in a document. A list has each kind of its items once."""
    match value:
        case dict():
            return {key: _shape(each, key) for key, each in value.items()}
        case list():
            found: list[Any] = []
            for each in (_shape(each, name) for each in value):
                if each not in found:
                    found.append(each)
            return sorted(found, key=json.dumps)
        case bool():
            return "<bool>"
        case int() | float():
            return "<number>"
        case str() if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
            return "<id>"
        case str() if re.match(r"\d{4}-\d\d-\d\dT", value):
            return "<time>"
        case str() if name not in SHOWN:
            return "<text>"
    return value


def _differences(real: Any, here: Any, path: str = "") -> Iterator[str]:
    """Each difference in a line: what the real server sends, and what this one does."""
    match real, here:
        case dict(), dict():
            for key in [*real, *(key for key in here if key not in real)]:
                yield from _differences(real.get(key, "nothing"), here.get(key, "nothing"), f"{path}.{key}")
        case list(), list() if len(real) == len(here):
            for index, (one, other) in enumerate(zip(real, here, strict=True)):
                yield from _differences(one, other, f"{path}[{index}]")
        case _ if real != here:
            yield f"{path}: {real} -> {here}"
