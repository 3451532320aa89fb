"""Catlet specifications: stored in versions, deployed, replaced and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation import DEFAULT_PROJECT, STARTER, UNKNOWN_ID, Raw

ROOT = "/v1/catlet_specifications"
PLAN = f"name: Planned\nparent: {STARTER}\ncpu: 2\nvariables:\n- name: size\n  required: true\n"
CONTENT = {"content_type": "application/yaml", "content": PLAN}
BODY = {"project_id": DEFAULT_PROJECT, "configuration": CONTENT}


def create(raw: Raw, **more: object) -> str:
    """The path of a new specification."""
    (reference,) = raw.change("POST", ROOT, {**BODY, **more})["resources"]
    assert reference["resource_type"] == "CatletSpecification"
    return f"{ROOT}/{reference['resource_id']}"


def deployment(raw: Raw, specification: str) -> str:
    return f"{specification}/versions/{raw.get(specification)['latest']['id']}/deploy"


def deploy(raw: Raw, specification: str, **more: object) -> Any:
    return raw.change("POST", deployment(raw, specification), {"variables": {"size": "10"}, **more})


def test_a_specification_is_listed_with_its_latest_version(raw: Raw) -> None:
    path = create(raw)
    found = raw.get(path)
    assert found["name"] == "planned"
    assert raw.get(ROOT)["value"] == [found]
    assert raw.get(f"{ROOT}?project_id={UNKNOWN_ID}")["value"] == []
    assert found["latest"]["comment"] == ""


def test_versions_are_listed_oldest_first_and_an_unknown_one_is_null(raw: Raw) -> None:
    path = create(raw, comment="first", architectures=["hyperv/amd64", "hyperv/any"])
    update = {"configuration": {"content_type": "application/json", "content": '{"name": "planned"}'}}
    raw.change("PUT", path, {**update, "comment": "second"})
    first, second = raw.get(f"{path}/versions")["value"]
    assert (first["comment"], second["comment"]) == ("first", "second")
    assert raw.get(path)["latest"] == second
    version = raw.get(f"{path}/versions/{first['id']}")
    assert (version["configuration"], version["comment"]) == (CONTENT, "first")
    assert [each["architecture"] for each in version["variants"]] == ["hyperv/amd64", "hyperv/any"]
    assert [gene["gene_type"] for gene in version["variants"][0]["pinned_genes"]] == ["Catlet", "Fodder", "Volume"]
    assert version["variants"][0]["built_config"]["memory"] == {"startup": 1024}
    assert raw.ask("GET", f"{path}/versions/{UNKNOWN_ID}").text == "null"


def test_an_update_renames_the_specification_and_stores_lines_as_unix_does(raw: Raw) -> None:
    path = create(raw)
    update = {"configuration": {"content_type": "application/yaml", "content": "name: Renamed\r\ncpu: 2\r"}}
    raw.change("PUT", path, update)
    found = raw.get(path)
    assert found["name"] == "renamed"
    version = raw.get(f"{path}/versions/{found['latest']['id']}")
    assert version["configuration"]["content"] == "name: Renamed\ncpu: 2\n"


def test_a_specification_is_deployed_and_deployed_again(raw: Raw) -> None:
    path = create(raw)
    first = deploy(raw, path)["result"]["catlet_id"]
    assert raw.get(path)["catlet_id"] == first
    catlet = raw.get(f"/v1/catlets/{first}")
    assert catlet["specification"]["specification_id"] == path.removeprefix(f"{ROOT}/")
    assert raw.get(f"/v1/catlets/{first}/config")["configuration"]["variables"][0]["value"] == "10"
    assert raw.refusal("POST", deployment(raw, path), {"variables": {"size": "1"}})[0] == 409

    again = deploy(raw, path, redeploy=True)
    second = again["result"]["catlet_id"]
    kinds = sorted(item["resource_type"] for item in again["resources"])
    assert kinds == ["Catlet", "Catlet", "CatletSpecification", "VirtualDisk"]
    assert {first, second} <= {item["resource_id"] for item in again["resources"]}
    assert [each["id"] for each in raw.get("/v1/catlets")["value"]] == [second]


def test_a_specification_that_is_deployed_is_deleted_only_with_its_catlet(raw: Raw) -> None:
    path = create(raw)
    deploy(raw, path)
    assert raw.refusal("DELETE", path, {})[1]["detail"] == (
        "The catlet specification is deployed as a catlet. Please delete the catlet first."
    )
    raw.change("DELETE", path, {"delete_catlet": True})
    assert raw.get("/v1/catlets")["value"] == raw.get(ROOT)["value"] == []
    assert raw.refusal("DELETE", create(raw))[0] == 415  # it needs a body


def test_the_catlet_of_a_specification_is_deleted_with_their_project(raw: Raw) -> None:
    project = raw.change("POST", "/v1/projects", {"name": "dev"})["id"]
    catlet = deploy(raw, create(raw, project_id=project))["result"]["catlet_id"]
    assert raw.get(f"/v1/catlets/{catlet}")["project"]["name"] == "dev"
    done = raw.change("DELETE", f"/v1/projects/{project}")
    kinds = sorted(item["resource_type"] for item in done["resources"])
    assert (done["status"], kinds) == (
        "Completed",
        ["Catlet", "CatletSpecification", "VirtualDisk", "VirtualNetwork"],
    )
    assert raw.get(ROOT)["value"] == []


def test_a_validation_returns_the_configuration_and_its_genes_and_stores_nothing(raw: Raw) -> None:
    body = {"configuration": CONTENT, "architectures": ["hyperv/amd64", "any"]}
    done = raw.change("POST", f"{ROOT}/validate", body)
    built = [task for task in done["tasks"] if task["name"] == "BuildCatletSpecificationCommand"]
    assert len(built) == 1  # whatever the architectures are
    result = done["result"]
    assert result["configuration"]["name"] == "planned"
    assert all(value.startswith("sha256:") for value in result["genes"].values())
    assert len(result["genes"]) == 3
    assert raw.get(ROOT)["value"] == []


def test_a_version_of_another_specification_fails_in_the_operation(raw: Raw) -> None:
    path, other = create(raw), create(raw, configuration={**CONTENT, "content": PLAN.replace("Planned", "Other")})
    foreign = deployment(raw, other).replace(other, path)
    done = raw.change("POST", foreign, {"variables": {"size": "10"}})
    assert (done["status"], [task["name"] for task in done["tasks"]]) == (
        "Failed",
        ["DeployCatletSpecificationCommand"],
    )


@pytest.mark.parametrize(("architectures", "given", "status"), [(["any"], None, 400), (["hyperv/amd64"], "", 500)])
def test_a_deployment_without_an_architecture_is_for_hyperv(
    raw: Raw, architectures: list[str], given: str | None, status: int
) -> None:
    path = deployment(raw, create(raw, architectures=architectures))
    assert raw.refusal("POST", path, {"variables": {"size": "10"}, "architecture": given})[0] == status


@pytest.mark.parametrize(
    ("variables", "messages"),
    [
        ({"a b": "", "c-d": ""}, 2),  # before those that are unknown
        ({"size": "1", "SIZE": "2", "other": ""}, 1),
        ({"other": None, "more": ""}, 2),
        ({"size": ""}, 1),
        ({"size": "x", "is_on": "yes"}, 2),
    ],
)
def test_every_variable_that_is_wrong_gets_a_message(raw: Raw, variables: dict[str, str], messages: int) -> None:
    content = """{"name": "planned", "variables": [{"name": "size", "type": "number", "required": true},
        {"name": "is_on", "type": "boolean"}]}"""
    path = deployment(raw, create(raw, configuration={"content_type": "application/json", "content": content}))
    status, problem = raw.refusal("POST", path, {"variables": variables})
    assert (status, [*problem["errors"]], len(problem["errors"]["$.variables"])) == (400, ["$.variables"], messages)
    assert raw.refusal("POST", path, {"variables": {"size": None}})[0] == 500


def test_names_are_unique_and_the_project_must_exist(raw: Raw) -> None:
    path = create(raw)
    assert raw.refusal("POST", ROOT, BODY)[0] == 409
    raw.make_catlet("planned")
    status, problem = raw.refusal("POST", deployment(raw, path), {"variables": {"size": "10"}})
    assert (status, problem["detail"].partition(" already")[0]) == (409, "A catlet with the name 'planned'")
    assert raw.refusal("POST", f"{path}/versions/{UNKNOWN_ID}/deploy", {"variables": {}})[0] == 404
    _, problem = raw.refusal("POST", ROOT, {**BODY, "project_id": UNKNOWN_ID})
    assert (problem["detail"], problem["errors"]) == ("The project does not exist. Create it first.", {})
    raw.simulator.add_client("stranger", scopes=("compute:write",))
    with Raw(raw.simulator, "stranger") as stranger:
        assert stranger.refusal("POST", ROOT, BODY)[0] == 403
