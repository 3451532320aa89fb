"""Where servers and clients are found on Windows, Linux and macOS; each disagreement of the other clients by name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rxeryph.credentials import Whereabouts, find, locate
from rxeryph.credentials.environment import Platform
from rxeryph.errors import ConfigurationError, CredentialsNotFoundError

from .machines import Machine, key, sealed

URL = "https://eryph.example/identity"


def content(client_id: str = "me", **more: object) -> dict[str, object]:
    return {"defaultClientId": client_id, "clients": [{"id": client_id}], "endpoints": {"identity": URL}, **more}


def located(machine: Machine, configuration: str | None = None, **arguments: Any) -> Whereabouts:
    return locate(configuration, environment=machine.environment, **arguments)


def secret_of(machine: Machine, **arguments: Any) -> str | None:
    return find(environment=machine.environment, **arguments).credentials.client_secret


# -- stores and their files


@pytest.mark.parametrize(
    ("platform", "base"),
    [
        *(("windows", base) for base in ("work", "home/Roaming", "PD")),
        *(("linux", base) for base in ("work", "home/.config", "etc", "usr/share")),  # the last as .NET has it
        *(("macos", base) for base in ("work", "home/.config", "etc", "usr/share")),
        ("macos", "home/Library/Application Support"),  # as .NET has it
        ("linux", "xdg"),
    ],
)
def test_each_store_of_each_platform_is_read(tmp_path: Path, platform: Platform, base: str) -> None:
    variables = {"XDG_CONFIG_HOME": str(tmp_path / base)} if base == "xdg" else {}
    machine = Machine(tmp_path, platform, **variables)
    machine.store(tmp_path / base, "default", content(), {"me": key()})
    found = located(machine)
    assert (found.configuration, found.client_id) == ("default", "me")
    assert found.endpoints.identity == URL
    assert found.endpoints.compute == "https://eryph.example/compute"  # beside identity, as Ruby has it
    assert found.client_from == str(tmp_path / base / ".eryph" / "private" / "me.key")


def test_a_byte_order_mark_and_any_letter_case_are_read(machine: Machine) -> None:
    text = json.dumps({"DefaultClientId": "ME", "CLIENTS": [{"ID": "Me"}], "Endpoints": {"Identity": URL}})
    machine.store(machine.user(), "Default", "\ufeff" + text, {"me": key()})
    assert located(machine, "DEFAULT").client_id == "Me"


@pytest.mark.parametrize(
    "default",
    [
        {"defaultClient": "me", "clients": [{"id": "me"}, {"id": "you"}]},  # as Ruby spells it
        {"defaultClient": "you", "defaultClientId": "me", "clients": [{"id": "you"}, {"id": "me"}]},
        {"clients": [{"id": "you"}, {"id": "me", "IsDefault": True}]},  # as Ruby marks it
    ],
)
def test_the_default_client_in_each_spelling(machine: Machine, default: dict[str, object]) -> None:
    machine.store(
        machine.user(), "default", {**default, "endpoints": {"identity": URL}}, {"me": key(), "you": key(1)}
    )
    assert located(machine).client_id == "me"


def test_the_only_client_is_not_the_default_and_the_error_says_so(machine: Machine) -> None:
    machine.store(machine.user(), "default", {"clients": [{"id": "me"}]}, {"me": key()})
    with pytest.raises(CredentialsNotFoundError, match=r"no default client \(it lists 'me'; choose one with"):
        located(machine)


def test_a_key_in_a_lower_store_is_found_where_ruby_gives_up(machine: Machine) -> None:
    machine.store(machine.user(), "default", content())
    machine.store(machine.system(), "other", {}, {"me": key()})
    assert located(machine).client_from.startswith(str(machine.system()))


def test_a_broken_key_stops_the_search_where_ruby_skips_it(machine: Machine) -> None:
    machine.store(machine.user(), "default", content(), {"me": "no key at all"})
    machine.store(machine.user(), "local", content("you"), {"you": key()})
    with pytest.raises(ConfigurationError, match=r"me\.key: not an unencrypted PEM") as caught:
        located(machine)
    assert not isinstance(caught.value, CredentialsNotFoundError)


@pytest.mark.parametrize(
    ("broken", "member", "reason"),
    [
        ("{", None, "not JSON"),
        ("[]", "$", "expected an object, got list"),
        ({"clients": {}}, "$.clients", "expected a list, got dict"),
        ({"clients": [{"name": "x"}]}, "$.clients[0].id", "a client needs an id"),
        ({"clients": [None]}, "$.clients[0].id", "a client needs an id"),
        ({"clients": [{"id": "x" * 101}]}, "$.clients[0].id", "not a name of at most 100 characters"),
        ("[" * 100_000, None, "not JSON: it is nested too deeply"),
        ('{"clients": ' + "1" * 5000 + "}", None, "not JSON: .*too many digits"),
        ('{"defaultClientId": "\\ud800"}', "$.defaultClientId", "a surrogate"),
        ('{"clients": [{"id": "\\udfff"}]}', "$.clients[0].id", "a surrogate"),
        ('{"endpoints": {"compute": "https://\\ud800"}}', "$.endpoints.compute", "a surrogate"),
        ({"endpoints": {"identity": 1}}, "$.endpoints.identity", "expected a string, got int"),
        (content(endpoints={}), "$.endpoints.identity", "no identity endpoint for client 'me'"),
    ],
)
def test_a_broken_file_stops_the_search_and_names_the_member(
    machine: Machine, broken: object, member: str | None, reason: str
) -> None:
    file = machine.store(machine.user(), "default", broken, {"me": key()})
    with pytest.raises(ConfigurationError, match=reason) as caught:
        located(machine)
    assert (caught.value.place, caught.value.member) == (str(file), member)


@pytest.mark.parametrize("what", ["configuration", "key"])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [("pipe", "not an ordinary file"), ("huge", "larger than 1024 KiB"), ("binary", "not UTF-8 text")],
)
def test_a_file_that_cannot_be_a_configuration_or_a_key_stops_the_search(
    machine: Machine, what: str, kind: str, reason: str
) -> None:
    file = machine.store(machine.user(), "default", content(), {"me": key()})
    broken = file if what == "configuration" else file.parent / "private" / "me.key"
    broken.unlink()
    if kind == "pipe":
        os.mkfifo(broken)
    else:
        with open(broken, "wb") as opened:
            opened.write(b"\xff")
            opened.truncate(50_000_000 if kind == "huge" else 1)
    with pytest.raises(ConfigurationError, match=f"{broken}: it is {reason}") as caught:
        located(machine)
    assert caught.value.place == str(broken)
    if what == "key":
        with pytest.raises(ConfigurationError, match=f"cannot read '{broken}': it is {reason}"):
            located(machine, endpoint="https://eryph.example", client_id="me", private_key=str(broken))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"private_key": "~nosuchuser/my.key"}, "cannot read '~nosuchuser/my.key'"),
        ({"private_key": "a\0b"}, "embedded null"),
        ({"private_key": "."}, "cannot read '.': "),
        ({"private_key": "\ud800"}, "private_key has a character that is half of one"),
        ({"private_key": Path("my.key")}, r"private_key must be a string, not \w+Path"),
        ({"private_key": b"k"}, "private_key must be a string, not bytes"),
        ({"client_secret": "\udc00"}, "client_secret has a character that is half of one"),
        ({"client_secret": 5}, "client_secret must be a string, not int"),
        ({"client_id": "\ud800"}, "client_id is not a name"),
        ({"client_id": 5}, "client_id must be a string, not int"),
        ({"configuration": "a\0b"}, "configuration is not a name"),
        ({"configuration": "\ud800"}, "configuration is not a name"),
        ({"configuration": 5}, "configuration must be a string, not int"),
        ({"endpoint": 5}, "endpoint must be a string, not int"),
        ({"endpoint": "https://a\nb"}, "endpoint is not an absolute http"),
        ({"endpoint": "https://\ud800"}, "endpoint is not an absolute http"),
        ({"issuer": "\ud800"}, "issuer has a character"),
    ],
)
def test_an_argument_that_cannot_be_used_is_named(machine: Machine, arguments: dict[str, Any], reason: str) -> None:
    secret = {} if {"private_key", "client_secret"} & set(arguments) else {"client_secret": "hunter2"}
    given = {"endpoint": "https://eryph.example", "client_id": "me", **secret, **arguments}
    with pytest.raises(ConfigurationError, match=reason):
        located(machine, **given)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc", "is not an absolute http"),
        ("http://[", "is not a URL"),
        ("https://me:pw@eryph.example", "without user, query or fragment"),
        ("http://eryph.example", "plain http beyond this machine"),
    ],
)
def test_a_url_that_cannot_be_an_endpoint_is_refused(machine: Machine, url: str, reason: str) -> None:
    machine.store(machine.user(), "default", content(endpoints={"identity": url}), {"me": key()})
    with pytest.raises(ConfigurationError, match=rf"default\.config: endpoints\.identity.* {reason}"):
        located(machine)


@pytest.mark.parametrize(
    ("name", "keys", "forbidden", "reason"),
    [
        ("default", {}, False, "no private/me.key in any store"),
        ("default", {"me": "secret"}, True, "key of client 'me': it cannot be read"),
        ("zero", {"me": None}, False, "client 'me' is there, but no server is running"),
    ],
)
def test_a_client_that_cannot_be_used_says_why(
    machine: Machine, name: str, keys: dict[str, str | None], forbidden: bool, reason: str
) -> None:
    named = {"defaultClientId": "me", "clients": [{"id": "me"}]}
    file = machine.store(machine.user(), name, named, {client: pem or key() for client, pem in keys.items()})
    if forbidden:
        machine.forbidden.add(file.parent / "private" / "me.key")
    with pytest.raises(CredentialsNotFoundError, match=reason):
        located(machine, name)


def test_a_file_that_may_not_be_read_does_not_stop_the_search(machine: Machine) -> None:
    machine.forbidden.add(machine.store(machine.directory, "default", content("root-only")))
    machine.store(machine.user(), "default", content(), {"me": key()})
    found = located(machine)
    assert found.client_id == "me"
    assert any("cannot be read" in reason for _, reason in found.attempts)


def test_a_client_by_id_and_a_configuration_by_name(machine: Machine) -> None:
    both = content(clients=[{"id": "me"}, {"id": "you"}])
    machine.store(machine.user(), "prod", both, {"me": key(), "you": key(1)})
    machine.store(machine.user(), "local", both, {"me": key(), "you": key(1)})
    assert located(machine, "prod").configuration == "prod"
    assert located(machine, "prod", client_id="you").client_id == "you"
    assert located(machine, client_id="you").configuration == "local"
    with pytest.raises(CredentialsNotFoundError, match="it has no client 'they'"):
        located(machine, "prod", client_id="they")


# -- local servers


@pytest.mark.parametrize(
    ("url", "entropy"),
    [
        ("https://localhost:4711/identity", "https://localhost:4711/identity"),
        ("https://localhost:4711", "https://localhost:4711"),
        ("https://localhost:4711", "https://localhost:4711/"),
        ("https://localhost:4711", ""),
        ("https://localhost:4711/identity", None),  # not encrypted: .NET reads it
    ],
)
def test_the_system_client_of_zero_is_decrypted_with_each_spelling_of_the_endpoint(
    windows: Machine, url: str, entropy: str | None
) -> None:
    windows.run("zero", url, key=key().encode() if entropy is None else sealed(key(), entropy))
    found = located(windows)
    assert (found.configuration, found.client_id) == ("zero", "system-client")
    assert found.endpoints.identity == url


@pytest.mark.parametrize(
    ("platform", "provider", "stored", "error", "reason"),
    [
        ("windows", "zero", b"\x01\x00sealed:https://localhost:1|x", ConfigurationError, "cannot decrypt it"),
        ("linux", "local", b"\x01\x00sealed:|x", ConfigurationError, "not an unencrypted PEM"),
        ("linux", "local", None, CredentialsNotFoundError, "there is no .*system-client.key"),
        ("macos", "local", b"-----BEGIN", CredentialsNotFoundError, "does not exist on macos"),
    ],
)
def test_a_system_client_that_cannot_be_used_says_why(
    tmp_path: Path, platform: Platform, provider: str, stored: bytes | None, error: type[Exception], reason: str
) -> None:
    machine = Machine(tmp_path, platform)
    machine.run(provider, URL, key=stored)
    with pytest.raises(error, match=reason):
        located(machine)


def test_a_windows_user_without_rights_reaches_the_next_place_where_ruby_stops(windows: Machine) -> None:
    folder = windows.run("zero", URL, key=sealed(key(), URL))
    windows.forbidden.add(folder / "private" / "clients" / "system-client.key")
    windows.store(windows.user(), "local", content(), {"me": key()})
    found = located(windows)
    assert (found.configuration, found.client_id) == ("local", "me")
    assert any("by an Administrator (an elevated prompt) only" in reason for _, reason in found.attempts)


def test_root_is_not_mentioned_where_no_server_runs(tmp_path: Path) -> None:
    with pytest.raises(CredentialsNotFoundError, match="no server is running") as caught:
        located(Machine(tmp_path))
    assert "root" not in str(caught.value).replace(str(tmp_path), "")


@pytest.mark.parametrize("provider", ["local", "identity"])
@pytest.mark.parametrize("base", ["var/lib", "usr/share"])
def test_the_local_servers_of_ruby_and_dotnet_are_both_found(machine: Machine, provider: str, base: str) -> None:
    machine.run(provider, URL, base=base, key=key().encode(), name="eryph-identity")
    assert located(machine).client_id == "system-client"


def test_the_system_client_of_zero_is_for_windows_but_its_endpoints_are_not(machine: Machine) -> None:
    machine.run("zero", URL, key=key().encode())
    with pytest.raises(CredentialsNotFoundError, match="does not exist on linux"):
        located(machine, "zero")
    machine.store(machine.user(), "zero", {"defaultClientId": "me", "clients": [{"id": "me"}]}, {"me": key()})
    assert located(machine, "ZERO").endpoints.identity == URL


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        ("{", "not JSON; the server may be starting"),
        ("[]", "not a JSON object"),
        ('{"processName": "eryph-zero", "processId": 7}', "still starting"),
        ('{"processName": "eryph-zero", "processId": 8}', "left over: there is no process 8"),
        ('{"processName": "other", "processId": 7}', "left over: process 7 is eryph-zero.exe, not other"),
        ('{"processName": "eryph-zero"}', "names no process"),
        ('{"processName": "eryph-zero", "processId": -1}', "names no process"),
        ('{"processName": "eryph-zero", "processId": 1' + "0" * 30 + "}", "names no process"),
        ("[" * 100_000, "not JSON; the server may be starting"),
        ("null", "not a JSON object"),
        ("{" + " " * 2_000_000, "larger than 1024 KiB"),
        ('{"processName": "eryph-zero", "processId": 7, "endpoints": {"x": "y"}}', "names no identity endpoint"),
    ],
)
def test_a_lock_file_without_a_running_server_says_why(windows: Machine, lock: str, reason: str) -> None:
    (windows.run("zero", URL) / ".lock").write_text(lock)
    with pytest.raises(CredentialsNotFoundError, match=reason):
        located(windows)


# -- environment variables, which the Ruby documents promise and no other client reads

CI = {"ERYPH_IDENTITY_ENDPOINT": URL, "ERYPH_CLIENT_ID": "ci", "ERYPH_CLIENT_SECRET": "hunter2"}


def test_a_ci_job_needs_variables_only(tmp_path: Path) -> None:
    found = located(Machine(tmp_path, "linux", **CI))
    assert secret_of(Machine(tmp_path, "linux", **CI)) == "hunter2"
    assert (found.client_from, found.endpoints_from) == ("environment variables", "environment variables")
    assert (found.client_id, found.endpoints.compute) == ("ci", "https://eryph.example/compute")
    assert not found.is_looked_up_again
    assert "hunter2" not in repr(found)


def test_a_key_file_and_a_configuration_come_from_variables_too(tmp_path: Path) -> None:
    file = tmp_path / "ci.key"
    file.write_text(key())
    machine = Machine(tmp_path, ERYPH_CONFIGURATION="prod", ERYPH_CLIENT_ID="ci", ERYPH_PRIVATE_KEY_FILE=str(file))
    machine.store(machine.user(), "prod", content())
    found = located(machine)
    assert (found.configuration, found.client_id) == ("prod", "ci")


def test_a_secret_of_the_variables_is_used_with_no_other_server_and_no_other_client(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "linux", **CI)
    for arguments in ({"endpoint": "https://evil.example"}, {"client_id": "other"}):
        with pytest.raises(CredentialsNotFoundError):
            located(machine, **arguments)
    assert secret_of(machine, endpoint="https://ERYPH.example:443/") == "hunter2"


def test_an_argument_key_is_used_with_the_client_of_the_variables(tmp_path: Path) -> None:
    found = located(Machine(tmp_path, "linux", **CI), private_key=key())
    assert found.client_id == "ci"
    assert secret_of(Machine(tmp_path, "linux", **CI), private_key=key()) is None
    with pytest.raises(ConfigurationError, match="needs client_id="):
        located(Machine(tmp_path), private_key=key())


def test_a_named_configuration_is_used_without_variables(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "linux", **CI)
    machine.store(machine.user(), "prod", content(), {"me": key()})
    assert located(machine, "prod").client_id == "me"


@pytest.mark.parametrize(
    ("variables", "arguments", "reason"),
    [
        ({**CI, "ERYPH_PRIVATE_KEY_FILE": "x"}, {}, "both set"),
        ({}, {"client_id": "c", "private_key": "k", "client_secret": "s", "endpoint": "https://x"}, "not both"),
        ({}, {"client_id": " "}, "client_id is empty"),
        ({}, {"configuration": "../x"}, "cannot be part of a file's name"),
        ({"ERYPH_CONFIGURATION": "../x"}, {}, "cannot be part of a file's name"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, variables: dict[str, str], arguments: dict[str, str], reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        located(Machine(tmp_path, "linux", **variables), **arguments)


def test_nothing_found_lists_every_place_and_what_to_do(windows: Machine) -> None:
    with pytest.raises(CredentialsNotFoundError, match="Run 'rxeryph configure' once") as caught:
        located(windows)
    places = [place for place, _ in caught.value.attempts]
    for name in ("default", "zero", "local"):
        for base in (windows.directory, windows.user(), windows.system()):
            assert str(base / ".eryph" / f"{name}.config") in places
    assert {"arguments", "ERYPH_CLIENT_ID", str(windows.server("zero") / ".lock")} <= set(places)
    assert "\n" not in str(caught.value)
