"""What an eryph does, through the library: a simulator, or the real server that ``ERYPH_TEST_SERVER`` names."""

from __future__ import annotations

import uuid

import pytest

from rxeryph import Eryph
from rxeryph.errors import ConflictError, NotFoundError
from rxeryph.model import CancelRequest, Catlet, CatletConfigResult, CatletStatus, Project
from tests.contract.conftest import PATIENCE
from tests.contract.exercises import exercises


@exercises("GET /v1/version")
def test_the_server_reports_its_version(server: Eryph) -> None:
    assert server.version().major == 1


@exercises("POST /v1/catlets", "GET /v1/catlets", "GET /v1/catlets/{id}", "GET /v1/catlets/{id}/config")
def test_a_new_catlet_is_listed_and_read(server: Eryph, project: Project, catlet: Catlet) -> None:
    assert (catlet.name, catlet.project, catlet.status) == ("small", project, CatletStatus.STOPPED)
    assert [each.id for each in server.catlets.list(project.id)] == [catlet.id]
    assert catlet.id in [each.id for each in server.catlets.list()]
    assert server.catlets.get(catlet.id).name == "small"
    assert server.catlets.get_config(catlet.id)["name"] == "small"
    assert (catlet.cpu_count, catlet.memory_startup) == (1, 512)
    with pytest.raises(ConflictError):
        server.catlets.create({"name": "small", "project": project.name})


@exercises("PUT /v1/catlets/{id}/start", "PUT /v1/catlets/{id}/stop")
def test_a_catlet_is_started_and_stopped(server: Eryph, catlet: Catlet) -> None:
    assert server.catlets.start(catlet.id).wait(PATIENCE).catlet.status == CatletStatus.RUNNING
    assert server.catlets.stop(catlet.id, "Kill").wait(PATIENCE).catlet.status == CatletStatus.STOPPED


@exercises("PUT /v1/catlets/{id}")
def test_a_catlet_is_brought_to_another_configuration(server: Eryph, catlet: Catlet) -> None:
    wanted = {**server.catlets.get_config(catlet.id), "cpu": {"count": 2}}
    result = server.catlets.update(catlet.id, wanted).wait(PATIENCE)
    result.raise_for_status()
    assert result.catlet.cpu_count == 2


@exercises("PUT /v1/catlets/{id}")
def test_parts_of_a_catlet_are_changed(server: Eryph, catlet: Catlet) -> None:
    change = {"memory": {"startup": 1024}, "drives": [{"name": "data", "size": 2}]}
    planned = server.catlets.change(catlet.id, change, dry_run=True)
    paths = {each.path.removeprefix("$.configuration.") for each in planned.differences}
    assert paths == {"memory.startup", "drives[name=data]"}
    result = server.catlets.change(catlet.id, change).wait(PATIENCE)
    result.raise_for_status()
    assert (result.catlet.cpu_count, result.catlet.memory_startup) == (1, 1024)
    assert server.catlets.change(catlet.id, change, dry_run=True).differences == ()


@exercises("DELETE /v1/catlets/{id}")
def test_a_deleted_catlet_is_gone(server: Eryph, catlet: Catlet) -> None:
    server.catlets.delete(catlet.id).wait(PATIENCE).raise_for_status()
    with pytest.raises(NotFoundError):
        server.catlets.get(catlet.id)


@exercises("POST /v1/catlets/config/expand", "POST /v1/catlets/config/populate-variables")
def test_a_configuration_is_worked_out_by_an_operation(server: Eryph, project: Project) -> None:
    wanted = {"name": "plan", "project": project.name, "cpu": {"count": 3}}
    for begin in (server.catlets.expand_config, server.catlets.populate_variables):
        result = begin(wanted).wait(PATIENCE)
        assert isinstance(result.typed_result, CatletConfigResult)
        assert result.typed_result.configuration is not None
        assert result.typed_result.configuration["name"] == "plan"
    assert server.catlets.list(project.id) == ()


@exercises("POST /v1/catlets/{id}/config/expand")
def test_a_configuration_is_worked_out_for_a_catlet_that_is_there(
    server: Eryph, project: Project, catlet: Catlet
) -> None:
    result = (
        server.catlets.expand_existing(catlet.id, {"name": "small", "cpu": {"count": 3}}).wait(PATIENCE).typed_result
    )
    assert isinstance(result, CatletConfigResult)
    assert result.configuration is not None
    assert result.configuration["project"] == project.name


@exercises("POST /v1/catlets/config/validate")
def test_a_configuration_is_judged_at_once(server: Eryph) -> None:
    assert server.catlets.validate_config({"name": "plan"}).is_valid
    verdict = server.catlets.validate_config({"name": "a_b"})
    assert not verdict.is_valid
    assert verdict.errors


@exercises("POST /v1/projects", "GET /v1/projects", "GET /v1/projects/{id}", "DELETE /v1/projects/{id}")
def test_a_project_from_nothing_to_nothing(server: Eryph) -> None:
    name = f"rxeryph-{uuid.uuid4().hex[:8]}"
    project = server.projects.create(name).wait(PATIENCE).project
    assert project.name == name
    assert project in server.projects.list()
    assert server.projects.get(project.id) == project
    server.projects.delete(project.id).wait(PATIENCE).raise_for_status()
    with pytest.raises(NotFoundError):
        server.projects.get(project.id)


@exercises(
    "POST /v1/virtualdisks", "GET /v1/virtualdisks", "GET /v1/virtualdisks/{id}", "DELETE /v1/virtualdisks/{id}"
)
def test_a_disk_from_nothing_to_nothing(server: Eryph, project: Project) -> None:
    disk = server.virtual_disks.create(project.id, "data", "rxeryph-tests", 1).wait(PATIENCE).virtual_disk
    assert (disk.name, disk.project, disk.size_bytes) == ("data", project, 1024**3)
    assert [each.id for each in server.virtual_disks.list(project.id)] == [disk.id]
    server.virtual_disks.delete(disk.id).wait(PATIENCE).raise_for_status()
    with pytest.raises(NotFoundError):
        server.virtual_disks.get(disk.id)


@exercises("GET /v1/virtualnetworks", "GET /v1/virtualnetworks/{id}")
def test_a_new_project_has_a_network(server: Eryph, project: Project) -> None:
    (network,) = server.virtual_networks.list(project.id)
    assert (network.name, network.project) == ("default", project)
    assert server.virtual_networks.get(network.id) == network


@exercises("GET /v1/operations", "GET /v1/operations/{id}")
def test_an_operation_is_listed_and_read(server: Eryph, project: Project, catlet: Catlet) -> None:
    result = server.catlets.start(catlet.id).wait(PATIENCE)
    listed = [each.id for each in server.operations.list(project=project.name)]
    assert result.operation.id in listed
    assert server.operations.get(result.operation.id).status == result.status


@exercises("POST /v1/operations/{id}/cancel")
def test_to_cancel_what_has_ended_changes_nothing(server: Eryph, catlet: Catlet) -> None:
    stream = server.catlets.start(catlet.id)
    status = stream.wait(PATIENCE).status
    assert stream.cancel() == CancelRequest(stream.operation_id)
    assert server.operations.get(stream.operation_id).status == status
