"""Where credentials are found on Windows, Linux and macOS; every disagreement of the other clients by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rxeryph.credentials import Whereabouts, locate
from rxeryph.credentials.environment import Platform
from rxeryph.errors import ConfigurationError, CredentialsNotFoundError

from .machines import Machine, key, sealed

URL = "https://eryph.example/identity"
PLATFORMS: list[Platform] = ["windows", "linux", "macos"]


def content(client_id: str = "me", **more: object) -> dict[str, object]:
    return {"defaultClientId": client_id, "clients": [{"id": client_id}], "endpoints": {"identity": URL}, **more}


def find(machine: Machine, configuration: str | None = None, **arguments: Any) -> Whereabouts:
    return locate(configuration, environment=machine.environment, **arguments)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("place", ["work", "user", "system"])
def test_each_store_of_each_platform_is_read(tmp_path: Path, platform: Platform, place: str) -> None:
    machine = Machine(tmp_path, platform)
    base = {"work": machine.directory, "user": machine.user(), "system": machine.system()}[place]
    machine.store(base, "default", content(), {"me": key()})
    found = find(machine)
    assert (found.configuration, found.credentials.client_id) == ("default", "me")
    assert found.endpoints.identity == URL
    assert found.client_from == str(base / ".eryph" / "private" / "me.key")


@pytest.mark.parametrize("base", ["etc", "usr/share"])
def test_the_system_store_of_ruby_and_that_of_dotnet_are_both_read(tmp_path: Path, base: str) -> None:
    machine = Machine(tmp_path)
    machine.store(tmp_path / base, "default", content(), {"me": key()})
    assert find(machine).credentials.client_id == "me"


@pytest.mark.parametrize("base", [".config", "Library/Application Support"])
def test_the_user_store_of_ruby_and_that_of_dotnet_are_both_read_on_macos(tmp_path: Path, base: str) -> None:
    machine = Machine(tmp_path, "macos")
    machine.store(machine.home / base, "default", content(), {"me": key()})
    assert find(machine).credentials.client_id == "me"


def test_xdg_config_home_moves_the_user_store(tmp_path: Path) -> None:
    machine = Machine(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "xdg"))
    machine.store(tmp_path / "xdg", "default", content(), {"me": key()})
    assert find(machine).credentials.client_id == "me"


def test_a_byte_order_mark_and_any_letter_case_are_read(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    text = json.dumps({"DefaultClientId": "ME", "CLIENTS": [{"ID": "Me"}], "Endpoints": {"Identity": URL}})
    machine.store(machine.user(), "Default", "\ufeff" + text, {"me": key()})
    assert find(machine, "DEFAULT").credentials.client_id == "Me"


@pytest.mark.parametrize("pkcs8", [False, True])
def test_both_formats_of_a_key_are_read(tmp_path: Path, pkcs8: bool) -> None:
    machine = Machine(tmp_path)
    machine.store(machine.user(), "default", content(), {"me": key(pkcs8=pkcs8)})
    assert find(machine).credentials.private_key is not None


def test_a_default_client_in_rubys_spelling_counts_when_there_is_no_other(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    ruby = {"defaultClient": "me", "clients": [{"id": "me"}, {"id": "you"}], "endpoints": {"identity": URL}}
    machine.store(machine.user(), "default", ruby, {"me": key(), "you": key(1)})
    assert find(machine).credentials.client_id == "me"
    machine.store(machine.user(), "default", {**ruby, "defaultClientId": "you"})
    assert find(machine).credentials.client_id == "you"


def test_an_entry_that_is_marked_is_the_default_as_in_ruby(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    marked = {"clients": [{"id": "you"}, {"id": "me", "IsDefault": True}], "endpoints": {"identity": URL}}
    machine.store(machine.user(), "default", marked, {"me": key()})
    assert find(machine).credentials.client_id == "me"


def test_the_only_client_is_not_the_default_and_the_error_says_so(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.store(machine.user(), "default", {"clients": [{"id": "me"}]}, {"me": key()})
    with pytest.raises(
        CredentialsNotFoundError, match=r"no default client \(it lists 'me'; choose one with client_id=\)"
    ):
        find(machine)


def test_a_key_in_a_lower_store_is_found_where_ruby_gives_up(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.store(machine.directory, "default", content())
    machine.store(machine.system(), "other", {}, {"me": key()})
    assert find(machine).client_from.startswith(str(machine.system()))


def test_a_key_that_is_none_stops_the_search_where_ruby_skips_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.store(machine.user(), "default", content(), {"me": "no key at all"})
    machine.store(machine.user(), "local", content("you"), {"you": key()})
    with pytest.raises(ConfigurationError, match=r"me\.key: not an unencrypted PEM") as caught:
        find(machine)
    assert not isinstance(caught.value, CredentialsNotFoundError)


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("{", None),
        ("[]", "$"),
        ('{"clients": {}}', "$.clients"),
        ('{"clients": [{"name": "x"}]}', "$.clients[0].id"),
        ('{"endpoints": {"identity": 1}}', "$.endpoints.identity"),
    ],
)
def test_a_broken_file_stops_the_search_and_names_the_place(tmp_path: Path, text: str, member: str | None) -> None:
    machine = Machine(tmp_path)
    file = machine.store(machine.user(), "default", text)
    with pytest.raises(ConfigurationError) as caught:
        find(machine)
    assert (caught.value.place, caught.value.member) == (str(file), member)


def test_a_client_without_endpoints_is_broken(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.store(machine.user(), "default", {"defaultClientId": "me", "clients": [{"id": "me"}]}, {"me": key()})
    with pytest.raises(ConfigurationError, match="no identity endpoint for client 'me'"):
        find(machine)


def test_compute_is_beside_identity_as_ruby_has_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.store(machine.user(), "default", content(), {"me": key()})
    assert find(machine).endpoints.compute == "https://eryph.example/compute"


def test_a_client_by_id_and_a_configuration_by_name(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    both = content(clients=[{"id": "me"}, {"id": "you"}])
    machine.store(machine.user(), "prod", both, {"me": key(), "you": key(1)})
    machine.store(machine.user(), "local", both, {"me": key(), "you": key(1)})
    assert find(machine, "prod").configuration == "prod"
    assert find(machine, "prod", client_id="you").credentials.client_id == "you"
    assert find(machine, client_id="you").configuration == "local"
    with pytest.raises(CredentialsNotFoundError, match=r"it has no client 'they'"):
        find(machine, "prod", client_id="they")


# -- local servers


def test_the_system_client_of_zero_is_decrypted_with_the_endpoint(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "windows")
    url = "https://localhost:4711/identity"
    machine.run("zero", url, key=sealed(key(), url))
    found = find(machine)
    assert (found.configuration, found.credentials.client_id) == ("zero", "system-client")
    assert found.endpoints.compute == "https://localhost:4711/compute"


@pytest.mark.parametrize("entropy", ["https://localhost:4711/", "", "https://localhost:4711"])
def test_every_spelling_of_the_entropy_is_tried(tmp_path: Path, entropy: str) -> None:
    machine = Machine(tmp_path, "windows")
    machine.run("zero", "https://localhost:4711", key=sealed(key(), entropy))
    assert find(machine).credentials.private_key is not None


def test_a_plain_key_on_windows_is_read_as_dotnet_does(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "windows")
    machine.run("zero", URL, key=key().encode())
    assert find(machine).credentials.client_id == "system-client"


def test_a_key_made_for_another_endpoint_is_broken(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "windows")
    machine.run("zero", URL, key=sealed(key(), "https://localhost:1/identity"))
    with pytest.raises(ConfigurationError, match="Windows cannot decrypt it"):
        find(machine)


def test_a_windows_user_without_rights_reaches_the_next_place_where_ruby_stops(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "windows")
    folder = machine.run("zero", URL, key=sealed(key(), URL))
    machine.forbidden.add(folder / "private" / "clients" / "system-client.key")
    machine.store(machine.user(), "local", content(), {"me": key()})
    found = find(machine)
    assert (found.configuration, found.credentials.client_id) == ("local", "me")
    assert any("by an Administrator (an elevated prompt)" in reason for _, reason in found.attempts)


def test_nobody_is_told_of_root_where_no_server_runs(tmp_path: Path) -> None:
    with pytest.raises(CredentialsNotFoundError) as caught:
        find(Machine(tmp_path))
    assert "root" not in str(caught.value).replace(str(tmp_path), "")
    assert "no server is running" in str(caught.value)


@pytest.mark.parametrize("provider", ["local", "identity"])
@pytest.mark.parametrize("base", ["var/lib", "usr/share"])
def test_the_local_server_of_ruby_and_that_of_dotnet_are_both_found(tmp_path: Path, provider: str, base: str) -> None:
    machine = Machine(tmp_path)
    machine.run(provider, URL, base=base, key=key().encode(), name="eryph-identity")
    assert find(machine).credentials.client_id == "system-client"


def test_the_system_client_of_zero_is_for_windows_but_its_endpoints_are_not(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.run("zero", URL, key=key().encode())
    with pytest.raises(CredentialsNotFoundError, match="does not exist on linux"):
        find(machine, "zero")
    machine.store(machine.user(), "zero", {"defaultClientId": "me", "clients": [{"id": "me"}]}, {"me": key()})
    assert find(machine, "ZERO").endpoints.identity == URL


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        ("{", "not JSON; the server may be starting"),
        ("[]", "not a JSON object"),
        ('{"processName": "eryph-zero", "processId": 7}', "still starting"),
        ('{"processName": "eryph-zero", "processId": 8}', "left over: there is no process 8"),
        ('{"processName": "other", "processId": 7}', "left over: process 7 is eryph-zero.exe, not other"),
        ('{"processName": "eryph-zero"}', "names no process"),
    ],
)
def test_a_lock_file_without_a_running_server_says_why(tmp_path: Path, lock: str, reason: str) -> None:
    machine = Machine(tmp_path, "windows")
    (machine.run("zero", URL) / ".lock").write_text(lock)
    with pytest.raises(CredentialsNotFoundError, match=reason):
        find(machine)


def test_an_endpoint_that_is_no_web_address_is_refused(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.store(machine.user(), "default", content(endpoints={"identity": "file:///etc"}), {"me": key()})
    with pytest.raises(ConfigurationError, match=r"default\.config: endpoints\.identity.* is not an absolute http"):
        find(machine)


# -- environment variables, promised by the Ruby documents and honoured by nobody

CI = {"ERYPH_IDENTITY_ENDPOINT": URL, "ERYPH_CLIENT_ID": "ci", "ERYPH_CLIENT_SECRET": "hunter2"}


def test_a_ci_job_needs_variables_only(tmp_path: Path) -> None:
    found = find(Machine(tmp_path, "linux", **CI))
    assert (found.credentials.client_id, found.credentials.client_secret) == ("ci", "hunter2")
    assert (found.endpoints.compute, found.look_again) == ("https://eryph.example/compute", None)
    assert "hunter2" not in repr(found)


def test_a_key_file_and_a_configuration_come_from_variables_too(tmp_path: Path) -> None:
    file = tmp_path / "ci.key"
    file.write_text(key())
    machine = Machine(tmp_path, ERYPH_CONFIGURATION="prod", ERYPH_CLIENT_ID="ci", ERYPH_PRIVATE_KEY_FILE=str(file))
    machine.store(machine.user(), "prod", content())
    found = find(machine)
    assert (found.configuration, found.credentials.client_id) == ("prod", "ci")


def test_a_secret_of_the_variables_goes_to_no_other_server_and_no_other_client(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "linux", **CI)
    for arguments in ({"endpoint": "https://evil.example"}, {"client_id": "other"}):
        with pytest.raises(CredentialsNotFoundError):
            find(machine, **arguments)
    assert find(machine, endpoint="https://eryph.example").credentials.client_secret == "hunter2"


def test_a_named_configuration_is_taken_without_variables(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "linux", **CI)
    machine.store(machine.user(), "prod", content(), {"me": key()})
    assert find(machine, "prod").credentials.client_id == "me"


def test_two_ways_to_prove_who_one_is_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="both set"):
        find(Machine(tmp_path, "linux", **CI, ERYPH_PRIVATE_KEY_FILE="x"))
    with pytest.raises(ConfigurationError, match="not both"):
        find(Machine(tmp_path), client_id="c", private_key=key(), client_secret="s", endpoint="https://x")


def test_nothing_found_lists_every_place_and_what_to_do(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "windows")
    with pytest.raises(CredentialsNotFoundError, match="Run 'rxeryph configure' once") as caught:
        find(machine)
    places = [place for place, _ in caught.value.attempts]
    for name in ("default", "zero", "local"):
        for base in (machine.directory, machine.user(), machine.system()):
            assert str(base / ".eryph" / f"{name}.config") in places
    assert {"arguments", "ERYPH_CLIENT_ID", str(machine.server("zero") / ".lock")} <= set(places)
    assert "\n" not in str(caught.value)


def test_a_file_that_may_not_be_read_does_not_stop_the_search(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.forbidden.add(machine.store(machine.directory, "default", content("root-only")))
    machine.store(machine.user(), "default", content(), {"me": key()})
    found = find(machine)
    assert found.credentials.client_id == "me"
    assert any("cannot be read" in reason for _, reason in found.attempts)
