"""The clients of the identity API, and what configurations may choose from; see ``test_behaviour``."""

from __future__ import annotations

import uuid

import pytest

import rxeryph
from rxeryph import Eryph
from rxeryph.errors import AccessDeniedError, NotFoundError
from tests.contract.conftest import only_simulated
from tests.contract.exercises import exercises

CLIENTS = "/v1/clients"


@exercises(
    f"identity: GET {CLIENTS}",
    f"identity: POST {CLIENTS}",
    f"identity: GET {CLIENTS}/{{id}}",
    f"identity: PUT {CLIENTS}/{{id}}",
    f"identity: DELETE {CLIENTS}/{{id}}",
    f"identity: POST {CLIENTS}/{{id}}/key",
)
def test_a_client_is_made_used_and_deleted(server: Eryph) -> None:
    name = f"rxeryph-{uuid.uuid4().hex[:8]}"
    made = server.clients.create(name, ["compute:catlets:read"])
    endpoint = server.whereabouts.endpoints
    with rxeryph.connect(
        identity_endpoint=endpoint.identity,
        compute_endpoint=endpoint.compute,
        client_id=made.id,
        private_key=made.key,
    ) as other:
        assert other.catlets.list() is not None
        with pytest.raises(AccessDeniedError):
            other.genes.list()
    assert server.clients.get(made.id).name == name
    assert made.id in [each.id for each in server.clients.list()]
    assert server.clients.update(made.id, name, ["compute:read"]).allowed_scopes == ("compute:read",)
    assert server.clients.new_key(made.id, shared_secret=True).key != made.key
    server.clients.delete(made.id)
    with pytest.raises(NotFoundError):
        server.clients.get(made.id)


@only_simulated("only the newest servers have them")
@exercises("GET /v1/config/datastores", "GET /v1/config/environments", "GET /v1/config/sites")
def test_what_a_configuration_may_choose_from(server: Eryph) -> None:
    for choices in (server.options.datastores(), server.options.environments(), server.options.sites()):
        assert "default" in [each.name for each in choices]
