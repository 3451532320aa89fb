"""Disks, networks, configurations and history through the client, against the simulator."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import rxeryph
from rxeryph.client import ComputeClient
from rxeryph.client.configuration import check_configuration
from rxeryph.errors import ApiVersionError, ConflictError, InvalidRequestError, MissingResultError, NotFoundError
from rxeryph.model import Catlet, CatletConfigResult, Operation, UnknownResult, VirtualDisk
from rxeryph.model.plain import to_plain
from rxeryph.simulator import Simulator, Task

Connect = Callable[..., rxeryph.Eryph]
STARTER = "dbosoft/ubuntu-22.04/starter"


def test_a_disk_from_nothing_to_nothing(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    project = eryph.projects.list()[0]
    result = eryph.virtual_disks.create(project.id, "data", "data", 10).wait()
    disk = result.virtual_disk
    assert (disk.name, disk.size_bytes, disk.project) == ("data", 10 * 1024**3, project)
    assert eryph.virtual_disks.list() == eryph.virtual_disks.list(project.id)
    assert [each for each in eryph.virtual_disks.list() if each.gene is None] == [disk]
    with pytest.raises(ConflictError):
        eryph.virtual_disks.create(project.id, "data", "data", 10)
    deleted = eryph.virtual_disks.delete(disk.id).wait()
    assert [item.is_deleted for item in deleted.fetch_resources()] == [True]
    with pytest.raises(NotFoundError):
        eryph.virtual_disks.get(disk.id)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"size": 0}, "$.size"),
        ({"size": True}, "$.size"),
        ({"size": "10"}, "$.size"),
        ({"name": "a.b"}, "$.name"),
        ({"location": "l" * 21}, "$.location"),
        ({"project_id": ""}, "$.project_id"),
        ({"environment": "e_1"}, "$.environment"),
        ({"store": ""}, "$.store"),
    ],
)
def test_a_disk_that_cannot_be_is_not_sent(
    simulator: Simulator, eryph: rxeryph.Eryph, change: Mapping[str, Any], path: str
) -> None:
    given: dict[str, Any] = {"project_id": simulator.play(Task("T")), "name": "data", "location": "data", "size": 10}
    with pytest.raises(InvalidRequestError) as caught:
        eryph.virtual_disks.create(**{**given, **change})
    assert list(caught.value.errors) == [path]
    assert simulator.requests == ()


def test_networks_are_listed_and_read(eryph: rxeryph.Eryph) -> None:
    (network,) = eryph.virtual_networks.list()
    assert (network.name, network.ip_network) == ("default", "10.0.0.0/20")
    assert eryph.virtual_networks.get(network.id) == network
    assert eryph.virtual_networks.list(network.id) == ()


def test_a_configuration_is_expanded_populated_and_validated(eryph: rxeryph.Eryph) -> None:
    wanted = {"name": "plan", "parent": STARTER, "cpu": 2}
    for begin in (eryph.catlets.expand_config, eryph.catlets.populate_variables):
        result = begin(wanted).wait()
        assert isinstance(result.typed_result, CatletConfigResult)
        assert result.typed_result.configuration is not None
        assert result.typed_result.configuration["cpu"] == {"count": 2}
        with pytest.raises(MissingResultError, match="touched no catlet"):
            _ = result.catlet
    assert eryph.catlets.list() == ()
    assert eryph.catlets.validate_config(wanted).is_valid
    for wrong, member in (({"parent": "nonsense"}, "$.parent"), ({"name": "a_b"}, "$.name")):
        verdict = eryph.catlets.validate_config(wrong)
        assert not verdict.is_valid
        assert [issue.member for issue in verdict.errors] == [member]


def test_the_guides_shape_is_put_in_order() -> None:
    shape = {"name": "web", "project": "dev", "config": {"parent": STARTER, "cpu": {"count": 2}}}
    assert check_configuration(shape) == {"name": "web", "project": "dev", "parent": STARTER, "cpu": {"count": 2}}
    assert check_configuration({"config": {"name": "web"}}) == {"name": "web"}
    assert check_configuration({"name": "web", "config": {"name": "web"}}) == {"name": "web"}
    assert check_configuration({"name": None, "config": {"name": "web"}}) == {"name": "web"}
    assert check_configuration({"name": "web", "config": {"name": None}}) == {"name": "web"}


def test_a_contradiction_names_both_places_and_sends_nothing(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    shape = {"project": "dev", "config": {"project": "ops"}}
    for send in (eryph.catlets.create, lambda given: eryph.catlets.update(simulator.play(Task("T")), given)):
        with pytest.raises(
            InvalidRequestError, match=r"\$\.configuration\.project: .*\$\.configuration\.config\.project"
        ):
            send(shape)
    assert simulator.requests == ()


def test_the_guides_shape_is_created(eryph: rxeryph.Eryph) -> None:
    eryph.projects.create("dev").wait()
    catlet = eryph.catlets.create({"name": "web", "project": "dev", "config": {"cpu": 2}}).wait().catlet
    assert catlet.project is not None
    assert (catlet.name, catlet.project.name, catlet.cpu_count) == ("web", "dev", 2)


@pytest.mark.parametrize(
    ("shape", "path"),
    [
        ({"name": "web", "config": {"name": "db"}}, "$.configuration.name"),
        ({"config": "cpu: 2"}, "$.configuration.config"),
        ({"cpu": 2, "config": {}}, "$.configuration.cpu"),
        ({"name": "we_b", "config": {}}, "$.configuration.name"),
    ],
)
def test_a_shape_that_contradicts_itself_is_told(shape: Mapping[str, object], path: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration(shape)
    assert list(caught.value.errors) == [path]


def test_a_catlet_comes_with_its_configuration_on_request(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    catlet = eryph.catlets.create({"name": "web", "cpu": 2, "memory": 2048, "parent": STARTER}).wait().catlet
    assert (catlet.cpu_count, catlet.memory_startup) == (2, 2048)
    plain = eryph.catlets.get(catlet.id)
    assert (plain.cpu_count, plain.memory_startup) == (None, None)
    assert plain == catlet
    # A server that has no configuration of it: the catlet is told all the same.
    simulator.faults.reply(404, path="/config")
    assert eryph.catlets.get(catlet.id, with_configuration=True).cpu_count is None
    with pytest.raises(NotFoundError):
        eryph.catlets.get("0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11", with_configuration=True)


def test_a_deprecated_catlet_may_have_no_configuration(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    reply: dict[str, Any] = {"id": simulator.play(Task("T")), "name": "old", "status": "Stopped"}

    def get(**members: object) -> Catlet:
        body = json.dumps({**reply, **members})
        simulator.faults.reply(200, body, content_type="application/json", path=f"/catlets/{reply['id']}$")
        simulator.faults.reply(400, path="/config$")
        return eryph.catlets.get(reply["id"], with_configuration=True)

    assert get(is_deprecated=True).cpu_count is None
    with pytest.raises(InvalidRequestError):
        get(is_deprecated=False)


def test_secrets_come_on_request_only(eryph: rxeryph.Eryph) -> None:
    wanted = {"variables": [{"name": "password", "value": "swordfish", "secret": True}]}

    assert "swordfish" not in str(to_plain(eryph.catlets.expand_config(wanted).wait().typed_result))
    assert "swordfish" in str(to_plain(eryph.catlets.expand_config(wanted, show_secrets=True).wait().typed_result))


def test_a_disk_in_a_store_that_is_not_there_fails_with_the_servers_reason(eryph: rxeryph.Eryph) -> None:
    project = eryph.projects.list()[0]
    result = eryph.virtual_disks.create(project.id, "data", "data", 1, store="fast").wait()
    assert result.failed
    assert result.status_message.startswith("The data store 'fast' is not part of")
    assert [item.is_deleted for item in result.fetch_resources()] == [True]


def test_the_plain_client_has_the_same_groups(simulator: Simulator) -> None:
    with ComputeClient.connect(
        endpoint=simulator.endpoint, client_id=simulator.client_id, client_secret=simulator.client_secret
    ) as client:
        project = client.projects.list()[0]
        wish = str(uuid.uuid4())
        operation = client.virtual_disks.create(project.id, "data", "data", 1, correlation_id=wish)
        assert isinstance(operation, Operation)
        assert operation.id == wish
        assert [network.name for network in client.virtual_networks.list(project.id)] == ["default"]
        assert client.catlets.validate_config({"config": {"cpu": 2}}).is_valid


def test_every_resource_of_an_operation_is_fetched(eryph: rxeryph.Eryph) -> None:
    catlet = eryph.catlets.create({"name": "web", "parent": STARTER}).wait().catlet
    deleted = eryph.catlets.delete(catlet.id).wait()
    kinds = {item.reference.resource_type.value: item.is_deleted for item in deleted.fetch_resources()}
    assert kinds == {"Catlet": True, "VirtualDisk": True}
    project = eryph.projects.list()[0]
    disk = eryph.virtual_disks.create(project.id, "data", "data", 1).wait()
    assert [type(item.value) for item in disk.fetch_resources()] == [VirtualDisk]
    assert disk.virtual_disks == (disk.virtual_disk,)


def test_a_result_nobody_has_heard_of_is_kept(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    def hand_over(run: Any) -> None:
        run.operation.result = {"result_type": "Novel", "answer": 42}

    result = eryph.track(simulator.play(Task("NovelCommand", on_completed=hand_over))).wait()
    assert result.result_type == "Novel"
    assert isinstance(result.typed_result, UnknownResult)
    assert result.typed_result.data == {"answer": 42}


def test_history_is_picked_out_newest_first(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    eryph.catlets.create({"name": "one"}).wait()
    eryph.catlets.create({"name": "two", "parent": "acme/missing/1.0"}).wait()
    last = eryph.projects.create("dev").wait().operation
    every = eryph.operations.list()
    assert [each.created for each in every] == sorted((each.created for each in every), reverse=True)  # type: ignore[type-var]
    assert [each.id for each in eryph.operations.list(top=1)] == [last.id]
    assert [each.status.value for each in eryph.operations.list(status="Failed")] == ["Failed"]
    assert len(eryph.operations.list(resource_type="Catlet", project="Default")) == 1
    assert last.created is not None
    assert [each.id for each in eryph.operations.list(since=last.created)] == [last.id]


def test_an_older_server_does_not_tell_which_are_the_newest(connect_to: Connect) -> None:
    with Simulator(speed=200.0, api_version=(1, 1)) as old:
        eryph = connect_to(old)
        old.play(Task("T"))
        assert len(eryph.operations.list()) == 1
        with pytest.raises(ApiVersionError, match=r"without since= and top="):
            eryph.operations.list(top=1)
