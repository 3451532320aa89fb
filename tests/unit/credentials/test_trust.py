"""A key or secret is used only with endpoints from a source that is at least as trusted, and the error names both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rxeryph.credentials import locate
from rxeryph.errors import ConfigurationError

from .machines import Machine, key

URL = "https://eryph.example/identity"
EVIL = "https://evil.example"
MINE = {"defaultClientId": "me", "clients": [{"id": "me"}]}
SECRET = {"client_id": "me", "client_secret": "hunter2"}
SECRET_OF_VARIABLES = {"ERYPH_CLIENT_ID": "me", "ERYPH_CLIENT_SECRET": "hunter2"}


def refused(machine: Machine, *places: object, name: str | None = None, **arguments: Any) -> None:
    with pytest.raises(ConfigurationError, match="from a less trusted source") as caught:
        locate(name, environment=machine.environment, **arguments)
    for place in places:
        assert str(place) in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("service", ["identity", "compute"])
@pytest.mark.parametrize("name", ["default", "prod"])
def test_a_folder_does_not_take_over_the_users_client(machine: Machine, service: str, name: str) -> None:
    given = None if name == "default" else name
    file = machine.store(machine.user(), name, MINE | {"endpoints": {"identity": URL}}, {"me": key()})
    assert locate(given, environment=machine.environment).endpoints.identity == URL
    planted = machine.store(machine.directory, name, {"endpoints": {service: f"{EVIL}/{service}"}})
    refused(machine, file.parent / "private" / "me.key", planted, name=given)


@pytest.mark.parametrize("arguments", [SECRET, {}])
@pytest.mark.parametrize("name", [None, "default"])
def test_a_folder_gets_no_secret_of_the_caller(tmp_path: Path, arguments: dict[str, str], name: str | None) -> None:
    machine = Machine(tmp_path, "linux", **({} if arguments else SECRET_OF_VARIABLES))
    planted = machine.store(machine.directory, "default", {"endpoints": {"identity": EVIL}})
    if name is not None and not arguments:
        machine.variables["ERYPH_CONFIGURATION"] = name
        name = None
    refused(machine, "arguments" if arguments else "environment variables", planted, name=name, **arguments)


def test_a_folder_gets_nothing_of_the_system_client(windows: Machine) -> None:
    folder = windows.run("zero", URL, key=key().encode())
    planted = windows.store(windows.directory, "zero", {"endpoints": {"identity": EVIL}})
    refused(windows, folder, planted)


def test_a_system_store_gets_no_key_of_the_user(machine: Machine) -> None:
    file = machine.store(machine.user(), "default", MINE, {"me": key()})
    other = machine.store(machine.system(), "default", {"endpoints": {"identity": EVIL}})
    refused(machine, file.parent / "private" / "me.key", other)
    refused(machine, "arguments", other, **SECRET)


def test_an_own_endpoint_is_used_with_a_secret_of_the_caller_if_its_configuration_is_named(machine: Machine) -> None:
    file = machine.store(machine.user(), "prod", {"endpoints": {"identity": URL}})
    assert locate("prod", environment=machine.environment, **SECRET).endpoints.identity == URL
    other = machine.store(machine.user(), "default", {"endpoints": {"identity": URL}})
    refused(machine, "arguments", other, "name the configuration", **SECRET)
    machine.variables["ERYPH_CONFIGURATION"] = "prod"
    assert locate(environment=machine.environment, **SECRET).endpoints_from == str(file)


@pytest.mark.parametrize(
    ("keys", "endpoints"), [("work", "work"), ("work", "home/.config"), ("etc", "etc"), ("etc", "home/.config")]
)
def test_an_endpoint_of_an_equal_or_better_source_is_used(machine: Machine, keys: str, endpoints: str) -> None:
    machine.store(machine.root / keys, "other", {}, {"me": key()})
    machine.store(machine.root / endpoints, "default", MINE | {"endpoints": {"identity": URL}})
    assert locate(environment=machine.environment).endpoints.identity == URL


def test_a_client_of_the_user_is_used_with_the_server_of_this_machine(machine: Machine) -> None:
    machine.run("zero", URL)
    machine.store(machine.user(), "zero", MINE, {"me": key()})
    assert locate("zero", environment=machine.environment).client_id == "me"


def test_the_users_folder_is_trusted_while_it_is_the_current_directory(machine: Machine) -> None:
    machine.directory = machine.user()
    machine.directory.mkdir(parents=True)
    machine.store(machine.user(), "default", {"endpoints": {"identity": URL}})
    assert locate("default", environment=machine.environment, **SECRET).endpoints.identity == URL


def test_a_stored_endpoint_that_is_not_used_is_not_checked(machine: Machine) -> None:
    machine.store(machine.user(), "default", MINE | {"endpoints": {"identity": URL}}, {"me": key()})
    machine.store(machine.directory, "default", {"endpoints": {"compute": EVIL}})
    found = locate(compute_endpoint="https://eryph.example/compute", environment=machine.environment)
    assert found.endpoints.compute == "https://eryph.example/compute"


def test_an_endpoint_of_the_caller_is_used_with_any_key(machine: Machine) -> None:
    machine.store(machine.user(), "default", MINE, {"me": key()})
    machine.store(machine.directory, "default", {"endpoints": {"identity": EVIL, "compute": EVIL}})
    found = locate(endpoint="https://eryph.example", environment=machine.environment)
    assert (found.endpoints.identity, found.endpoints.compute) == (URL, "https://eryph.example/compute")
