"""Who may do what in a project, and its networks; see ``test_behaviour``."""

from __future__ import annotations

import uuid

import pytest

from rxeryph import Eryph
from rxeryph.errors import NotFoundError
from rxeryph.model import Project
from tests.contract.conftest import PATIENCE
from tests.contract.exercises import exercises

MEMBERS = "/v1/projects/{project_id}/members"
NETWORKS = "/v1/projects/{project_id}/virtualnetworks/config"


@exercises(f"GET {MEMBERS}", f"POST {MEMBERS}", f"GET {MEMBERS}/{{id}}", f"DELETE {MEMBERS}/{{id}}")
def test_a_member_comes_and_goes(server: Eryph, project: Project) -> None:
    someone = str(uuid.uuid4())  # the id of a client; the server does not ask whether there is one
    before = server.project_members.list(project.id)
    added = server.project_members.add(project.id, someone, "reader").wait(PATIENCE)
    added.raise_for_status()
    (member,) = set(server.project_members.list(project.id)) - set(before)
    assert (member.id, member.member_id, member.role_name) == (added.operation.id, someone, "reader")
    assert server.project_members.get(project.id, member.id) == member
    server.project_members.remove(project.id, member.id).wait(PATIENCE).raise_for_status()
    assert set(server.project_members.list(project.id)) == set(before)
    with pytest.raises(NotFoundError):
        server.project_members.get(project.id, member.id)


@exercises(f"GET {NETWORKS}", f"PUT {NETWORKS}")
def test_the_networks_of_a_project_are_configured(server: Eryph, project: Project) -> None:
    configuration = server.virtual_networks.get_config(project.id)
    server.virtual_networks.update_config(project.id, configuration).wait(PATIENCE).raise_for_status()
    assert server.virtual_networks.get_config(project.id) == configuration
