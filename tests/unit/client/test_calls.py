"""Every call of the compute and identity API sends what is documented, once, or nothing at all."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from operator import attrgetter
from typing import Any

import pytest

from rxeryph.client import ComputeClient
from rxeryph.errors import (
    ApiVersionError,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    SubmissionUnknownError,
    TransportError,
    WireError,
)
from rxeryph.model import CancelRequest, ConfigOption, Operation, OperationStatus
from rxeryph.model.plain import to_plain
from rxeryph.wire import load_client_with_secret
from tests.calls import CALLS, CLIENT, COMPOSED, GUEST, ID, OPERATION, OTHER, PLAN, SILENT, Call, find
from tests.canned import VERSION, Canned, groups_of


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, Call) else None


def parameters() -> dict[str, set[str]]:
    """The parameters of the public methods of the client and of its groups, by the name of a call."""
    client = ComputeClient(Canned())
    methods: dict[str, Callable[..., object]] = {"version": client.version}
    for name, group in groups_of(client).items():
        methods |= {f"{name}.{method}": getattr(group, method) for method in dir(group) if method[0] != "_"}
    return {name: set(inspect.signature(method).parameters) for name, method in methods.items()}


WITH_CORRELATION_ID = [
    find(name) for name, taken in parameters().items() if "correlation_id" in taken and name not in COMPOSED
]
TESTED_APART = {
    "correlation_id",
    "once",
    "project",
    "unknown",
    "validate",
    "dry_run",
    "with_configuration",
    "content_type",
    "since",
    "top",
}
"""Arguments with tests of their own, here and in other modules."""


def test_every_public_method_is_called_with_every_argument() -> None:
    used: dict[str, set[str]] = {name: {"catlet_id", "token"} for name in SILENT}
    used |= {name: {"catlet_id", "change"} for name in COMPOSED}
    for call in CALLS:
        used.setdefault(call.name, set()).update(call.arguments)
    assert {name: taken - TESTED_APART for name, taken in parameters().items()} == {
        name: taken - TESTED_APART for name, taken in used.items()
    }


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_call_sends_what_is_documented_and_returns_a_value(call: Call) -> None:
    transport = Canned(call.reply)
    result = call(ComputeClient(transport))
    assert transport.sent == [*([VERSION] if call.needs else []), call.request]
    assert isinstance(result, Operation) == (call.reply is OPERATION)
    assert (result is None) == (call.reply is None and call.name != "operations.cancel")


@pytest.mark.parametrize("call", WITH_CORRELATION_ID, ids=name_of)
def test_a_correlation_id_is_the_callers_or_a_new_one(call: Call) -> None:
    transport = Canned()
    client = ComputeClient(transport)
    call(client, correlation_id=OTHER.upper())
    call(client)
    given, made = transport.correlation_ids
    assert given == OTHER != made
    sent = len(transport.sent)
    with pytest.raises(InvalidRequestError, match="correlation_id: 'x' is not an id"):
        call(client, correlation_id="x")
    assert len(transport.sent) == sent


def test_every_call_with_a_correlation_id_can_be_made_once() -> None:
    with_id, with_key = (
        {name for name, taken in parameters().items() if each in taken} for each in ("correlation_id", "once")
    )
    assert with_id == with_key
    assert "catlets.change" in with_key


@pytest.mark.parametrize("call", WITH_CORRELATION_ID, ids=name_of)
def test_once_without_a_journal_sends_nothing(call: Call) -> None:
    transport = Canned()
    client = ComputeClient(transport)
    with pytest.raises(ConfigurationError, match=r"once needs a journal, .* RXERYPH_JOURNAL") as caught:
        call(client, once="key")
    assert caught.value.member == "journal"
    for wrong in ({"once": ""}, {"once": "x" * 501}, {"once": 7}, {"once": "key", "correlation_id": OTHER}):
        with pytest.raises(InvalidRequestError, match="once: "):
            call(client, **wrong)
    assert transport.sent == []


@pytest.mark.parametrize("call", [call for call in CALLS if call.needs], ids=name_of)
@pytest.mark.parametrize("minor", [None, 1])
def test_a_server_that_is_too_old_gets_nothing(call: Call, minor: int | None) -> None:
    transport = Canned(minor=minor, reply=call.reply)
    if call.needs == f"1.{minor}":
        call(ComputeClient(transport))
        return
    with pytest.raises(
        ApiVersionError, match=rf"^{call.name} needs API {call.needs}, the server has 1\.[01]; nothing was sent"
    ):
        call(ComputeClient(transport))
    assert transport.sent == [VERSION]


@pytest.mark.parametrize("mode", ["Hard", "Kill"])
def test_only_the_first_servers_cannot_end_the_process_of_a_catlet(mode: Any) -> None:
    transport = Canned(minor=None)
    with pytest.raises(ApiVersionError, match=r"stop needs API 1\.1") if mode == "Kill" else nullcontext():
        ComputeClient(transport).catlets.stop(ID, mode)
    assert len(transport.sent) == 1


def test_the_version_is_requested_once_per_connection() -> None:
    transport = Canned()
    client = ComputeClient(transport)
    for name in ("guest_services.status", "catlet_specifications.validate", "catlets.expand_existing"):
        find(name)(client)
    assert transport.sent.count(VERSION) == 1


INVALID: list[tuple[str, dict[str, Any], str]] = [
    ("operations.get", {"operation_id": "x"}, "operation_id"),
    ("operations.get", {"expand": ("log",)}, "expand"),
    ("operations.list", {"top": 0}, "top"),
    ("operations.cancel", {"operation_id": None}, "operation_id"),
    ("catlets.create", {"configuration": {"name": "a_b"}, "variables": None}, "$.configuration.name"),
    (
        "catlets.create",
        {"configuration": {"project": "dev", "config": {"project": "ops"}}},
        "$.configuration.project",
    ),
    ("catlets.update", {"configuration": {"name": "a_b"}, "variables": None}, "$.configuration.name"),
    ("catlets.stop", {"mode": "Soft"}, "mode"),
    ("catlets.expand_existing", {"configuration": "a: ["}, "$.configuration"),
    ("guest_services.configure", {"shell": None, "shell_args": None}, "$"),
    ("guest_services.configure", {"shell_args": "x" * 513}, "$.shell_args"),
    ("guest_services.add_access_key", {"public_key": " "}, "$.public_key"),
    ("guest_services.add_access_key", {"public_key": "k" * 2049}, "$.public_key"),
    ("guest_services.add_access_key", {"public_key": "a\nb"}, "$.public_key"),
    ("guest_services.add_access_key", {"public_key": "a'b"}, "$.public_key"),
    ("guest_services.add_access_key", {"ttl": 0}, "$.ttl"),
    ("guest_services.add_access_key", {"ttl": 2592001}, "$.ttl"),
    ("guest_services.add_access_key", {"expires_at": datetime(2030, 1, 1)}, "$.expires_at"),
    ("guest_services.open_ssh_channel", {"public_key": '"'}, "publicKey"),
    ("guest_services.open_ssh_channel", {"ttl": True}, "ttl"),
    ("catlet_specifications.get", {"specification_id": "web"}, "specification_id"),
    ("catlet_specifications.get_version", {"version_id": "1"}, "version_id"),
    ("catlet_specifications.create", {"configuration": "a: ["}, "$.configuration.content"),
    ("catlet_specifications.update", {"architectures": ["a", "b/"]}, "$.architectures[1]"),
    ("catlet_specifications.update", {"architectures": "any"}, "$.architectures"),
    ("catlet_specifications.validate", {"content_type": "text/x"}, "$.configuration.content_type"),
    ("catlet_specifications.validate", {"configuration": {}}, "$.configuration.content_type"),
    ("catlet_specifications.deploy", {"variables": {"n": 1}}, "$.variables.n"),
    ("catlet_specifications.deploy", {"architecture": "amd 64"}, "$.architecture"),
    ("projects.create", {"name": "p" * 21}, "$.name"),
    ("project_members.add", {"role": "king"}, "$.role_id"),
    ("project_members.add", {"member_id": ""}, "$.member_id"),
    ("project_members.remove", {"assignment_id": "x"}, "assignment_id"),
    ("virtual_disks.create", {"size": 0}, "$.size"),
    ("virtual_disks.create", {"size": True}, "$.size"),
    ("virtual_disks.create", {"size": "10"}, "$.size"),
    ("virtual_disks.create", {"name": "a.b"}, "$.name"),
    ("virtual_disks.create", {"location": "l" * 21}, "$.location"),
    ("virtual_disks.create", {"environment": "e_1"}, "$.environment"),
    ("virtual_disks.create", {"store": ""}, "$.store"),
    ("virtual_networks.update_config", {"configuration": {"a": {1}}}, "$.configuration.a"),
    ("genes.get", {"gene_id": "volume::gene"}, "gene_id"),
    ("clients.get", {"client_id": ""}, "client_id"),
    ("clients.delete", {"client_id": ".."}, "client_id"),
    ("clients.create", {"name": ""}, "$.name"),
    ("clients.create", {"name": "n" * 255}, "$.name"),
    ("clients.create", {"allowed_scopes": "compute:read"}, "$.allowed_scopes"),
    ("clients.create", {"allowed_scopes": ["a", 1]}, "$.allowed_scopes[1]"),
    ("clients.create", {"roles": [1]}, "$.roles[0]"),
]


@pytest.mark.parametrize(("name", "changes", "path"), INVALID)
def test_invalid_input_is_refused_before_anything_is_sent(name: str, changes: dict[str, Any], path: str) -> None:
    transport = Canned()
    call = find(name)
    # Where an id may be a name, it is one here: looking it up would be the first request.
    names = {each: "web" for each in ("catlet_id", "project_id") if each in call.arguments}
    with pytest.raises(InvalidRequestError, match=r"^Nothing was sent\. ") as caught:
        call(ComputeClient(transport), **{**names, **changes})
    assert (list(caught.value.errors), transport.sent) == ([path], [])


@pytest.mark.parametrize("name", [name for name, taken in parameters().items() if "unknown" in taken])
def test_members_that_only_a_newer_server_knows_are_sent_on_request(name: str) -> None:
    call = find("catlets.update" if name == "catlets.change" else name)
    given = call.arguments["configuration"]
    novel = "name: web\nnovel: true" if given == "name: web" else {**given, "novel": True}
    arguments = {**call.arguments, "configuration": novel, "unknown": "allow"}
    if name == "catlets.change":
        arguments = {"catlet_id": ID, "change": {"novel": True}, "unknown": "allow", "dry_run": True}
    transport = Canned(call.reply if name != "catlets.change" else {"configuration": PLAN, "is_valid": True})
    changed = attrgetter(name)(ComputeClient(transport))
    changed(**arguments)
    assert "novel" in repr(transport.sent)
    before = len(transport.sent)
    for unknown in ("refuse", "anything"):
        with contextlib.suppress(InvalidRequestError):
            assert not changed(**{**arguments, "unknown": unknown}).is_valid
    assert "novel" not in repr(transport.sent[before:])


def test_a_get_that_starts_an_operation_is_not_sent_twice() -> None:
    transport = Canned(TransportError("lost", method="GET", url="x"))
    with pytest.raises(SubmissionUnknownError):
        find("guest_services.status")(ComputeClient(transport))
    assert transport.sent == [VERSION, ("GET", GUEST, None)]


def test_the_parts_of_a_version_are_typed() -> None:
    call = find("catlet_specifications.get_version")
    version = ComputeClient(Canned(call.reply)).catlet_specifications.get_version(ID, OTHER)
    assert version.configuration is not None
    assert version.configuration.content == "name: web"
    (variant,) = version.variants
    assert (variant.built_config, variant.pinned_genes[0].hash) == ({"name": "web"}, "sha256:0")


def test_a_version_that_is_null_in_the_reply_is_not_found() -> None:
    with pytest.raises(NotFoundError, match=rf"has no version {OTHER}; list_versions\(\) lists its versions"):
        find("catlet_specifications.get_version")(ComputeClient(Canned(None)))


def test_an_environment_has_its_site() -> None:
    call = find("options.environments")
    assert call(ComputeClient(Canned(call.reply))) == (ConfigOption("dev", "here"),)


def test_the_url_of_a_channel_holds_the_escaped_token() -> None:
    transport = Canned()
    url = ComputeClient(transport).guest_services.ssh_channel_url(ID, "a/b+c")
    assert url == f"wss://localhost:8000/compute{GUEST}/ssh-channel/connect?token=a%2Fb%2Bc"
    assert transport.sent == []


@pytest.mark.parametrize("shown", [None, OPERATION])
def test_a_request_to_cancel_is_returned_as_the_server_took_it(shown: object) -> None:
    taken = ComputeClient(Canned(shown)).operations.cancel(ID)
    assert taken == CancelRequest(ID, None if shown is None else Operation(ID, OperationStatus.QUEUED))


def test_the_key_of_a_client_is_not_shown() -> None:
    client = load_client_with_secret({**CLIENT, "key": "hush"})
    assert client.key == "hush"
    assert "hush" not in repr(client) + str(to_plain(client))
    with pytest.raises(WireError) as caught:
        load_client_with_secret({**CLIENT, "key": ["hush"]})
    assert caught.value.path == "$.key"
    assert "hush" not in str(caught.value) + str(vars(caught.value))
