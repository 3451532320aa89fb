"""Every call of the compute and identity API sends what is documented, once, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from rxeryph.client import Clients, ComputeClient, Transport
from rxeryph.errors import (
    ApiVersionError,
    InvalidRequestError,
    NotFoundError,
    SubmissionUnknownError,
    TransportError,
    WireError,
)
from rxeryph.model import ConfigOption, Operation
from rxeryph.model.plain import to_plain
from rxeryph.retry import ErrorBudget
from rxeryph.wire import load_client_with_secret

ID = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"
OTHER = "1b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
QUEUED = {"id": ID, "status": "Queued"}
CLIENT = {"id": "c1", "name": "ci", "allowed_scopes": ["compute:read"], "tenant_id": OTHER, "novel": 1}
GENE = {
    "id": ID,
    "gene_type": "Volume",
    "gene_set": "a/b/c",
    "name": "sda",
    "architecture": "any",
    "size": 5,
    "hash": "x",
}
MEMBER = {"id": ID, "project": {"id": OTHER}, "member_id": "c1", "role_id": OTHER, "role_name": "owner"}
SPECIFICATION = {"id": ID, "name": "web", "project": {"id": OTHER}, "latest": {"id": OTHER}, "catlet_id": ID}
VERSION = {
    "id": OTHER,
    "specification_id": ID,
    "configuration": {"content_type": "application/yaml", "content": "name: web"},
    "variants": [
        {
            "architecture": "hyperv/amd64",
            "built_config": {"name": "web"},
            "pinned_genes": [{"gene_type": "Volume", "gene_set": "a/b/c", "name": "sda", "hash": "sha256:0"}],
        }
    ],
}


class Canned(Transport):
    """A transport that gives one answer to all but the version, and keeps what was sent."""

    def __init__(self, minor: int | None = 2, reply: object = QUEUED) -> None:
        self.budget = ErrorBudget(attempts=1)
        self.sent: list[tuple[str, str, Any]] = []
        self.asked_versions = 0
        self.minor = minor
        self.reply = reply

    @property
    def endpoint(self) -> str:
        return "https://localhost:8000/compute"

    @property
    def identity(self) -> Canned:
        return self

    def get(self, path: str) -> object:
        return self.send("GET", path)

    def send(self, method: str, path: str, body: object = None) -> object:
        if path == "/v1/version":
            self.asked_versions += 1
            if self.minor is None:
                raise NotFoundError("no", status=404, method=method, url=path)
            return {"latest_version": {"major": 1, "minor": self.minor}}
        if isinstance(body, Mapping):
            body = {name: value for name, value in body.items() if name != "correlation_id"}
        self.sent.append((method, path, body))
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


Call = Callable[[ComputeClient], object]
GUEST = f"/v1/catlets/{ID}/guest-services"
SPECS = "/v1/catlet_specifications"
CONTENT = {"content_type": "application/yaml", "content": "name: web"}

GATED: list[tuple[Call, tuple[str, str, object]]] = [
    (lambda c: c.guest_services.status(ID), ("GET", GUEST, None)),
    (lambda c: c.guest_services.provisioning_log(ID), ("GET", f"{GUEST}/provisioning-log", None)),
    (lambda c: c.guest_services.configure(ID, shell=""), ("PATCH", f"{GUEST}/settings", {"shell": ""})),
    (
        lambda c: c.guest_services.add_access_key(
            ID, "ssh-rsa A", ttl=60, expires_at=datetime(2030, 1, 1, tzinfo=UTC)
        ),
        (
            "POST",
            f"{GUEST}/access-keys",
            {"public_key": "ssh-rsa A", "ttl": 60, "expires_at": "2030-01-01T00:00:00+00:00"},
        ),
    ),
    (lambda c: c.guest_services.remove_access_keys(ID), ("DELETE", f"{GUEST}/access-keys", None)),
    (
        lambda c: c.guest_services.open_ssh_channel(ID, public_key="ssh-rsa A+B", ttl=5),
        ("PUT", f"{GUEST}/ssh-channel?publicKey=ssh-rsa+A%2BB&ttl=5", None),
    ),
    (
        lambda c: c.catlets.expand_existing(ID, {"name": "web"}),
        ("POST", f"/v1/catlets/{ID}/config/expand", {"configuration": {"name": "web"}, "show_secrets": False}),
    ),
    (
        lambda c: c.catlet_specifications.create(OTHER, "name: web", comment="first", architectures=["hyperv/amd64"]),
        (
            "POST",
            SPECS,
            {"project_id": OTHER, "configuration": CONTENT, "comment": "first", "architectures": ["hyperv/amd64"]},
        ),
    ),
    (
        lambda c: c.catlet_specifications.update(ID, {"name": "wéb"}),
        (
            "PUT",
            f"{SPECS}/{ID}",
            {"configuration": {"content_type": "application/json", "content": '{"name": "wéb"}'}},
        ),
    ),
    (lambda c: c.catlet_specifications.delete(ID), ("DELETE", f"{SPECS}/{ID}", {"delete_catlet": False})),
    (
        lambda c: c.catlet_specifications.validate("name: web"),
        ("POST", f"{SPECS}/validate", {"configuration": CONTENT}),
    ),
    (
        lambda c: c.catlet_specifications.deploy(ID, OTHER, {"a": "b"}, redeploy=True, architecture="hyperv/amd64"),
        (
            "POST",
            f"{SPECS}/{ID}/versions/{OTHER}/deploy",
            {"redeploy": True, "variables": {"a": "b"}, "architecture": "hyperv/amd64"},
        ),
    ),
]
EVER: list[tuple[Call, tuple[str, str, object]]] = [
    (
        lambda c: c.project_members.add(OTHER, "c1", "Reader"),
        (
            "POST",
            f"/v1/projects/{OTHER}/members",
            {"member_id": "c1", "role_id": "47982531-a6d2-41e4-ad6c-d5023deb7710"},
        ),
    ),
    (lambda c: c.project_members.remove(OTHER, ID), ("DELETE", f"/v1/projects/{OTHER}/members/{ID}", None)),
    (
        lambda c: c.virtual_networks.update_config(OTHER, {"config": {"networks": []}}),
        (
            "PUT",
            f"/v1/projects/{OTHER}/virtualnetworks/config",
            {"configuration": {"config": {"networks": []}}},
        ),
    ),
    (lambda c: c.genes.cleanup(), ("DELETE", "/v1/genes", None)),
    (lambda c: c.genes.delete(ID), ("DELETE", f"/v1/genes/{ID}", None)),
]


@pytest.mark.parametrize(("call", "expected"), GATED + EVER)
def test_a_change_sends_what_is_documented_and_becomes_an_operation(
    call: Call, expected: tuple[str, str, object]
) -> None:
    transport = Canned()
    operation = call(ComputeClient(transport))
    assert isinstance(operation, Operation)
    assert operation.id == ID
    assert transport.sent == [expected]


@pytest.mark.parametrize(("call", "expected"), GATED)
@pytest.mark.parametrize("minor", [None, 1])
def test_a_server_that_is_too_old_gets_nothing(call: Call, expected: object, minor: int | None) -> None:
    transport = Canned(minor)
    with pytest.raises(ApiVersionError, match=r"\w+\.\w+ needs API 1\.2, the server has 1\.[01]; nothing was sent"):
        call(ComputeClient(transport))
    assert transport.sent == []


def test_the_version_is_asked_for_once_per_connection_and_only_where_it_matters() -> None:
    transport = Canned()
    client = ComputeClient(transport)
    client.genes.cleanup()
    assert transport.asked_versions == 0
    client.guest_services.status(ID)
    client.catlet_specifications.validate("name: web")
    client.catlets.expand_existing(ID, {})
    assert transport.asked_versions == 1


def test_the_get_that_starts_an_operation_is_not_sent_twice() -> None:
    transport = Canned(reply=TransportError("lost", method="GET", url="x"))
    with pytest.raises(SubmissionUnknownError):
        ComputeClient(transport).guest_services.status(ID)
    assert len(transport.sent) == 1


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda c: c.guest_services.status(" "), "catlet_id"),
        (lambda c: c.guest_services.configure(ID), "$"),
        (lambda c: c.guest_services.configure(ID, shell_args="x" * 513), "$.shell_args"),
        (lambda c: c.guest_services.add_access_key(ID, " "), "$.public_key"),
        (lambda c: c.guest_services.add_access_key(ID, "k" * 2049), "$.public_key"),
        (lambda c: c.guest_services.add_access_key(ID, "a\nb"), "$.public_key"),
        (lambda c: c.guest_services.add_access_key(ID, "a'b"), "$.public_key"),
        (lambda c: c.guest_services.add_access_key(ID, "a", ttl=0), "$.ttl"),
        (lambda c: c.guest_services.add_access_key(ID, "a", ttl=2592001), "$.ttl"),
        (lambda c: c.guest_services.add_access_key(ID, "a", expires_at=datetime(2030, 1, 1)), "$.expires_at"),
        (lambda c: c.guest_services.open_ssh_channel(ID, public_key='"'), "publicKey"),
        (lambda c: c.guest_services.open_ssh_channel(ID, ttl=True), "ttl"),
        (lambda c: c.catlet_specifications.create("de*", "name: x"), "$.project_id"),
        (lambda c: c.catlet_specifications.update(ID, "name: x", architectures=["a", "b/"]), "$.architectures[1]"),
        (lambda c: c.catlet_specifications.update(ID, "name: x", architectures="any"), "$.architectures"),
        (lambda c: c.catlet_specifications.validate("x", content_type="text/x"), "$.configuration.content_type"),
        (
            lambda c: c.catlet_specifications.validate({}, content_type="application/yaml"),
            "$.configuration.content_type",
        ),
        (lambda c: c.catlet_specifications.deploy(ID, OTHER, {"n": 1}), "$.variables.n"),
        (lambda c: c.catlet_specifications.deploy(ID, OTHER, architecture="amd 64"), "$.architecture"),
        (lambda c: c.project_members.add(OTHER, "c1", "king"), "$.role_id"),
        (lambda c: c.project_members.add(OTHER, "", "owner"), "$.member_id"),
        (lambda c: c.virtual_networks.update_config(OTHER, {"a": {1}}), "$.configuration.a"),
        (lambda c: c.genes.get("volume::gene"), "gene_id"),
    ],
)
def test_input_that_cannot_be_right_is_not_sent(call: Call, path: str) -> None:
    transport = Canned()
    with pytest.raises(InvalidRequestError) as caught:
        call(ComputeClient(transport))
    assert list(caught.value.errors) == [path]
    assert (transport.sent, transport.asked_versions) == ([], 0)


@pytest.mark.parametrize(
    ("call", "reply", "path"),
    [
        (lambda c: c.genes.list()[0].size, {"value": [GENE]}, "/v1/genes"),
        (lambda c: c.genes.get(ID).size, {**GENE, "gene_type": "Novel"}, f"/v1/genes/{ID}"),
        (lambda c: c.project_members.list(OTHER)[0], {"value": [MEMBER]}, f"/v1/projects/{OTHER}/members"),
        (lambda c: c.project_members.get(OTHER, ID), MEMBER, f"/v1/projects/{OTHER}/members/{ID}"),
        (lambda c: c.catlet_specifications.list(OTHER)[0], {"value": [SPECIFICATION]}, f"{SPECS}?project_id={OTHER}"),
        (lambda c: c.catlet_specifications.get(ID), SPECIFICATION, f"{SPECS}/{ID}"),
        (lambda c: c.catlet_specifications.list_versions(ID)[0], {"value": [VERSION]}, f"{SPECS}/{ID}/versions"),
        (lambda c: c.catlet_specifications.get_version(ID, OTHER), VERSION, f"{SPECS}/{ID}/versions/{OTHER}"),
        (
            lambda c: c.virtual_networks.get_config(OTHER),
            {"configuration": {"networks": []}},
            f"/v1/projects/{OTHER}/virtualnetworks/config",
        ),
        (lambda c: c.options.environments()[0], {"value": [{"name": "e", "site": "s"}]}, "/v1/config/environments"),
        (lambda c: c.options.sites()[0], {"value": [{"name": "e"}]}, "/v1/config/sites"),
        (lambda c: c.options.datastores()[0], {"value": [{"name": "e"}]}, "/v1/config/datastores"),
    ],
)
def test_what_is_there_is_read_from_its_place(call: Call, reply: object, path: str) -> None:
    transport = Canned(reply=reply)
    assert call(ComputeClient(transport)) is not None
    assert transport.sent == [("GET", path, None)]


def test_what_a_version_holds_is_typed() -> None:
    version = ComputeClient(Canned(reply=VERSION)).catlet_specifications.get_version(ID, OTHER)
    assert version.configuration is not None
    assert version.configuration.content == "name: web"
    (variant,) = version.variants
    assert (variant.built_config, variant.pinned_genes[0].hash) == ({"name": "web"}, "sha256:0")


def test_a_version_that_is_answered_with_null_is_not_found() -> None:
    client = ComputeClient(Canned(reply=None))
    with pytest.raises(NotFoundError, match=f"has no version {OTHER}"):
        client.catlet_specifications.get_version(ID, OTHER)


def test_an_environment_has_its_site() -> None:
    client = ComputeClient(Canned(reply={"value": [{"name": "dev", "site": "here"}]}))
    assert client.options.environments() == (ConfigOption("dev", "here"),)


def test_the_address_of_a_channel_holds_the_token_escaped() -> None:
    transport = Canned()
    url = ComputeClient(transport).guest_services.ssh_channel_url(ID, "a/b+c")
    assert url == f"wss://localhost:8000/compute{GUEST}/ssh-channel/connect?token=a%2Fb%2Bc"
    assert (transport.sent, transport.asked_versions) == ([], 0)


@pytest.mark.parametrize(
    ("call", "reply", "expected"),
    [
        (lambda c: c.list()[0].id, {"value": [CLIENT]}, ("GET", "/v1/clients", None)),
        (lambda c: c.get("system-client").id, CLIENT, ("GET", "/v1/clients/system-client", None)),
        (
            lambda c: c.create("ci", ["compute:read"], roles=["r"]).key,
            {**CLIENT, "key": "PEM"},
            ("POST", "/v1/clients", {"name": "ci", "allowed_scopes": ("compute:read",), "roles": ("r",)}),
        ),
        (
            lambda c: c.update("c/1", "ci", []).name,
            CLIENT,
            ("PUT", "/v1/clients/c%2F1", {"name": "ci", "allowed_scopes": ()}),
        ),
        (
            lambda c: c.new_key("c1", shared_secret=True).key,
            {**CLIENT, "key": "s"},
            ("POST", "/v1/clients/c1/key", {"shared_secret": True}),
        ),
        (lambda c: c.delete("c1") is None, None, ("DELETE", "/v1/clients/c1", None)),
    ],
)
def test_clients_are_read_and_changed(
    call: Callable[[Clients], object], reply: object, expected: tuple[str, str, object]
) -> None:
    transport = Canned(reply=reply)
    assert call(Clients(transport))
    assert transport.sent == [expected]


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda c: c.get(""), "client_id"),
        (lambda c: c.delete(".."), "client_id"),
        (lambda c: c.create("", []), "$.name"),
        (lambda c: c.create("n" * 255, []), "$.name"),
        (lambda c: c.create("n", "compute:read"), "$.allowed_scopes"),
        (lambda c: c.create("n", ["a", 1]), "$.allowed_scopes[1]"),
        (lambda c: c.create("n", [], roles=[1]), "$.roles[0]"),
    ],
)
def test_a_client_that_cannot_be_is_not_sent(call: Callable[[Clients], object], path: str) -> None:
    transport = Canned()
    with pytest.raises(InvalidRequestError) as caught:
        call(Clients(transport))
    assert (list(caught.value.errors), transport.sent) == ([path], [])


def test_the_key_of_a_client_shows_nowhere() -> None:
    client = load_client_with_secret({**CLIENT, "key": "hush"})
    assert client.key == "hush"
    assert "hush" not in repr(client) + str(to_plain(client))
    with pytest.raises(WireError) as caught:
        load_client_with_secret({**CLIENT, "key": ["hush"]})
    assert caught.value.path == "$.key"
    assert "hush" not in str(caught.value) + str(vars(caught.value))
