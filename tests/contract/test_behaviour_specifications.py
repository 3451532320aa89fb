"""Specifications of catlets, and what runs inside a catlet; see ``test_behaviour``."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from rxeryph import Eryph
from rxeryph.errors import InvalidRequestError, NotFoundError
from rxeryph.model import (
    Catlet,
    CatletResult,
    GuestServicesStatusResult,
    Project,
    ProvisioningLogResult,
    SshChannelResult,
)
from tests.contract.conftest import PATIENCE, only_simulated
from tests.contract.exercises import exercises

ROOT = "/v1/catlet_specifications"
GUEST = "/v1/catlets/{id}/guest-services"


@exercises(
    f"POST {ROOT}",
    f"GET {ROOT}",
    f"GET {ROOT}/{{id}}",
    f"PUT {ROOT}/{{id}}",
    f"DELETE {ROOT}/{{id}}",
    f"GET {ROOT}/{{specification_id}}/versions",
    f"GET {ROOT}/{{specification_id}}/versions/{{id}}",
    f"POST {ROOT}/{{specification_id}}/versions/{{id}}/deploy",
)
def test_a_specification_is_kept_in_versions_and_deployed(server: Eryph, project: Project) -> None:
    specifications = server.catlet_specifications
    plan = "name: planned\ndrives:\n- name: sda\n  size: 1\n"
    found = specifications.create(project.id, plan, comment="first").wait(PATIENCE).catlet_specification
    assert specifications.list(project.id) == (found,)
    assert (found.name, found.project) == ("planned", project)
    specifications.update(found.id, plan, comment="second").wait(PATIENCE).raise_for_status()
    first, second = specifications.list_versions(found.id)
    assert (first.comment, second.comment) == ("first", "second")
    assert specifications.get(found.id).latest == second
    assert specifications.get_version(found.id, second.id).specification_id == found.id
    with pytest.raises(NotFoundError):
        specifications.get_version(found.id, project.id)
    deployed = specifications.deploy(found.id, second.id).wait(PATIENCE)
    assert isinstance(deployed.typed_result, CatletResult)
    again = specifications.deploy(found.id, second.id, redeploy=True).wait(PATIENCE)
    assert [each.id for each in again.catlets] == [again.catlet.id] != [deployed.typed_result.catlet_id]
    with pytest.raises(InvalidRequestError):  # it is deployed
        specifications.delete(found.id)
    specifications.delete(found.id, delete_catlet=True).wait(PATIENCE).raise_for_status()
    assert specifications.list(project.id) == ()


@exercises(f"POST {ROOT}/validate")
def test_a_specification_is_tried(server: Eryph) -> None:
    result = server.catlet_specifications.validate("name: planned\n").wait(PATIENCE)
    assert result.status.is_terminal  # some servers cannot build one that is not kept


@only_simulated("needs a guest that runs the services")
@exercises(
    f"GET {GUEST}",
    f"PATCH {GUEST}/settings",
    f"POST {GUEST}/access-keys",
    f"DELETE {GUEST}/access-keys",
    f"PUT {GUEST}/ssh-channel",
    f"GET {GUEST}/provisioning-log",
)
def test_the_services_inside_a_catlet_are_reached(server: Eryph, catlet: Catlet) -> None:
    server.catlets.start(catlet.id).wait(PATIENCE).raise_for_status()
    guest = server.guest_services
    assert isinstance(guest.status(catlet.id).wait(PATIENCE).typed_result, GuestServicesStatusResult)
    guest.configure(catlet.id, shell="/bin/sh").wait(PATIENCE).raise_for_status()
    guest.add_access_key(catlet.id, "ssh-ed25519 AAAA me").wait(PATIENCE).raise_for_status()
    channel = guest.open_ssh_channel(catlet.id).wait(PATIENCE).typed_result
    assert isinstance(channel, SshChannelResult)
    assert channel.token
    log = guest.provisioning_log(catlet.id).wait(PATIENCE).typed_result
    assert isinstance(log, ProvisioningLogResult)
    assert log.events
    guest.remove_access_keys(catlet.id).wait(PATIENCE).raise_for_status()


@only_simulated("needs a guest that runs the services")
@exercises(f"GET {GUEST}/ssh-channel/connect")
def test_a_channel_is_asked_for_by_websocket(server: Eryph, catlet: Catlet) -> None:
    channel = server.guest_services.open_ssh_channel(catlet.id).wait(PATIENCE).typed_result
    assert isinstance(channel, SshChannelResult)
    url = urlsplit(server.guest_services.ssh_channel_url(catlet.id, channel.token))
    assert url.scheme == "ws"
    token = server._transport.tokens.token()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Authorization": f"Bearer {token}"}
    upgrade |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    with closing(HTTPConnection(url.netloc, timeout=10)) as connection:
        connection.request("GET", f"{url.path}?{url.query}", headers=upgrade)
        assert connection.getresponse().status == 101
