"""Catlet specifications: kept in versions, deployed, replaced and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation import Raw, tree
from tests.unit.simulator.test_traces import DEPLOY

DEFAULT = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
NOWHERE = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"
ROOT = "/v1/catlet_specifications"
STARTER = "dbosoft/ubuntu-22.04/starter"
PLAN = f"name: Planned\nparent: {STARTER}\ncpu: 2\nvariables:\n- name: size\n  required: true\n"
BUILD = [
    "  BuildCatletSpecificationCommand",
    '    BuildCatletSpecificationGenePoolCommand "Build catlet specification"',
]
DELETE = [
    '  DestroyCatletCommand "Destroy Catlet"',
    "    RemoveCatletVMCommand",
    '    DestroyResourcesCommand "Destroy Resources"',
    '      DestroyVirtualDiskCommand "Destroy Virtual Disk"',
    "        RemoveVirtualDiskCommand",
]


def content(text: str = PLAN, content_type: str = "application/yaml") -> dict[str, str]:
    return {"content_type": content_type, "content": text}


def create(raw: Raw, **more: object) -> Any:
    body = {"project_id": DEFAULT, "configuration": content(), "comment": "first", **more}
    return raw.finish(raw.submit("POST", ROOT, body)["id"])


def deploy(raw: Raw, specification: str, **more: object) -> Any:
    version = raw.get(f"{ROOT}/{specification}")["latest"]["id"]
    path = f"{ROOT}/{specification}/versions/{version}/deploy"
    begun = raw.submit("POST", path, {"variables": {"size": "10"}, **more})
    assert [item["resource_type"] for item in begun["resources"]] == ["CatletSpecification"]
    return raw.finish(begun["id"])


def test_a_specification_is_referred_to_when_it_is_there(raw: Raw) -> None:
    begun = raw.submit("POST", ROOT, {"project_id": DEFAULT, "configuration": content()})
    assert (begun["resources"], begun["projects"]) == ([], [])
    done = raw.finish(begun["id"])
    assert tree(done) == ['CreateCatletSpecificationCommand "Create catlet specification"', *BUILD]
    (reference,) = done["resources"]
    found = raw.get(f"{ROOT}/{reference['resource_id']}")
    assert (reference["resource_type"], found["name"]) == ("CatletSpecification", "planned")
    assert raw.get(ROOT)["value"] == [found]
    assert raw.get(f"{ROOT}?project_id={NOWHERE}")["value"] == []
    assert "comment" not in found["latest"]


def test_versions_are_listed_oldest_first_and_one_that_is_not_there_is_null(raw: Raw) -> None:
    specification = create(raw, architectures=["hyperv/amd64", "hyperv/arm64"])["resources"][0]["resource_id"]
    body = {"configuration": content('{"name": "planned"}', "application/json"), "comment": "second"}
    updated = raw.finish(raw.submit("PUT", f"{ROOT}/{specification}", body)["id"])
    assert tree(updated) == ["UpdateCatletSpecificationCommand", *BUILD]
    first, second = raw.get(f"{ROOT}/{specification}/versions")["value"]
    assert (first["comment"], second["comment"]) == ("first", "second")
    assert raw.get(f"{ROOT}/{specification}")["latest"] == second
    version = raw.get(f"{ROOT}/{specification}/versions/{first['id']}")
    assert version["configuration"] == content()
    assert [each["architecture"] for each in version["variants"]] == ["hyperv/amd64", "hyperv/arm64"]
    assert [gene["gene_type"] for gene in version["variants"][0]["pinned_genes"]] == ["Catlet", "Volume"]
    assert version["variants"][0]["built_config"]["memory"] == {"startup": 1024}
    assert raw.ask("GET", f"{ROOT}/{specification}/versions/{NOWHERE}").text == "null"
    assert raw.ask("GET", f"{ROOT}/{NOWHERE}/versions/{first['id']}").status_code == 404


def test_trace_11_deploy_a_specification_and_deploy_it_again(raw: Raw) -> None:
    specification = create(raw)["resources"][0]["resource_id"]
    done = deploy(raw, specification)
    lines = [line for line in tree(done) if "Waiting for" not in line and "Processing" not in line]
    new = [
        '  ValidateCatletDeploymentCommand "Validate catlet deployment"',
        f'    PrepareGeneCommand "Preparing gene volume::gene:{STARTER}:sda[hyperv/amd64]"',
        *DEPLOY,
    ]
    title = 'DeployCatletSpecificationCommand "Deploy catlet specification planned"'
    assert lines == [title, *new]
    first = done["result"]["catlet_id"]
    assert done["result"] == {"result_type": "Catlet", "catlet_id": first}
    assert raw.get(f"{ROOT}/{specification}")["catlet_id"] == first
    catlet = raw.get(f"/v1/catlets/{first}")
    assert catlet["specification"]["specification_id"] == specification
    assert raw.get(f"/v1/catlets/{first}/config")["configuration"]["variables"][0]["value"] == "10"
    path = f"{ROOT}/{specification}/versions/{catlet['specification']['specification_version_id']}/deploy"
    assert raw.ask("POST", path, {"variables": {"size": "1"}}).status_code == 409

    again = deploy(raw, specification, redeploy=True)
    lines = [line for line in tree(again) if "Waiting for" not in line and "Processing" not in line]
    assert lines == [title, *DELETE, *new]
    second = again["result"]["catlet_id"]
    kinds = sorted(item["resource_type"] for item in again["resources"])
    assert kinds == ["Catlet", "Catlet", "CatletSpecification", "VirtualDisk"]
    assert {first, second} <= {item["resource_id"] for item in again["resources"]}
    assert [each["id"] for each in raw.get("/v1/catlets")["value"]] == [second]


def test_a_specification_that_is_deployed_goes_with_its_catlet_only(raw: Raw) -> None:
    specification = create(raw)["resources"][0]["resource_id"]
    deploy(raw, specification)
    path = f"{ROOT}/{specification}"
    assert raw.ask("DELETE", path, {}).json()["detail"] == (
        "The catlet specification is deployed as a catlet. Please delete the catlet first."
    )
    done = raw.finish(raw.submit("DELETE", path, {"delete_catlet": True})["id"])
    assert tree(done) == ['DestroyCatletSpecificationCommand "Destroy catlet specification"', *DELETE]
    assert raw.get("/v1/catlets")["value"] == raw.get(ROOT)["value"] == []
    other = create(raw)["resources"][0]["resource_id"]
    assert raw.ask("DELETE", f"{ROOT}/{other}").status_code == 415  # it needs a body
    done = raw.finish(raw.submit("DELETE", f"{ROOT}/{other}", {})["id"])
    assert tree(done) == ['DestroyCatletSpecificationCommand "Destroy catlet specification"']


def test_trace_12_specifications_go_with_their_project_after_the_catlets(raw: Raw) -> None:
    project = raw.finish(raw.submit("POST", "/v1/projects", {"name": "dev"})["id"])["id"]
    specification = create(raw, project_id=project)["resources"][0]["resource_id"]
    catlet = deploy(raw, specification)["result"]["catlet_id"]
    assert raw.get(f"/v1/catlets/{catlet}")["project"]["name"] == "dev"
    done = raw.finish(raw.submit("DELETE", f"/v1/projects/{project}")["id"])
    assert tree(done) == [
        "DestroyProjectCommand",
        '  DestroyResourcesCommand "Destroy Resources"',
        *(f"  {line}" for line in DELETE),
        '    DestroyCatletSpecificationCommand "Destroy catlet specification"',
        '    DestroyVirtualNetworksCommand "Destroy Virtual Networks"',
        "      UpdateNetworksCommand",
        "        UpdateProjectNetworkPlanCommand",
        "          - Rebuilding project network settings",
    ]
    kinds = sorted(item["resource_type"] for item in done["resources"])
    assert kinds == ["Catlet", "CatletSpecification", "VirtualDisk", "VirtualNetwork"]
    assert raw.get(ROOT)["value"] == []


def test_a_specification_is_tried_without_being_kept(raw: Raw) -> None:
    done = raw.finish(raw.submit("POST", f"{ROOT}/validate", {"configuration": content()})["id"])
    assert tree(done) == ['ValidateCatletSpecificationCommand "Validate catlet specification"', *BUILD]
    assert done["result"]["result_type"] == "CatletSpecification"
    assert done["result"]["configuration"]["name"] == "planned"
    assert all(value.startswith("sha256:") for value in done["result"]["genes"].values())
    assert len(done["result"]["genes"]) == 2
    assert raw.get(ROOT)["value"] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"configuration": None}, "$.configuration"),
        ({"configuration": {"content_type": "text/plain", "content": ""}}, "$.configuration.content_type"),
        ({"configuration": content("name: [")}, "$.configuration.content"),
        ({"configuration": content("- 1")}, "$.configuration.content"),
        ({"configuration": content("name: a b")}, "$.configuration.content.name"),
        ({"configuration": content("{", "application/json")}, "$.configuration.content"),
        ({"architectures": ["hyperv/amd64", "x"]}, "$.architectures[1]"),
        ({"architectures": "x"}, "$.architectures"),
        ({"project_id": None}, "$.project_id"),
        ({"comment": 7}, "$.comment"),
    ],
)
def test_a_specification_that_cannot_be_is_told_by_path(raw: Raw, change: dict[str, object], path: str) -> None:
    reply = raw.ask("POST", ROOT, {"project_id": DEFAULT, "configuration": content()} | change)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, [path])


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({}, 400, "$.variables"),
        ({"variables": {}}, 400, "$.variables"),
        ({"variables": {"size": 10}}, 400, "$.variables"),
        ({"variables": {"size": "10", "colour": "red"}}, 400, "$.variables"),
        ({"variables": {"size": "10"}, "architecture": "x"}, 400, "$.architecture"),
        ({"variables": {"size": "10"}, "architecture": "hyperv/arm64"}, 400, "$.architecture"),
        ({"variables": {"size": "10"}}, 409, None),
    ],
)
def test_a_deployment_that_cannot_be_is_refused(
    raw: Raw, body: dict[str, object], status: int, path: str | None
) -> None:
    specification = create(raw)["resources"][0]["resource_id"]
    raw.make_catlet("planned")
    version = raw.get(f"{ROOT}/{specification}")["latest"]["id"]
    reply = raw.ask("POST", f"{ROOT}/{specification}/versions/{version}/deploy", body)
    assert reply.status_code == status
    assert list(reply.json().get("errors", {})) == ([path] if path else [])
    assert raw.ask("POST", f"{ROOT}/{specification}/versions/{NOWHERE}/deploy", body).status_code == 404


def test_names_are_unique_within_a_project_and_the_project_has_to_be_there(raw: Raw) -> None:
    create(raw)
    body: dict[str, object] = {"project_id": DEFAULT, "configuration": content()}
    assert raw.ask("POST", ROOT, body).status_code == 409
    reply = raw.ask("POST", ROOT, body | {"project_id": NOWHERE}).json()
    assert (reply["detail"], reply["errors"]) == ("The project does not exist.", {})
