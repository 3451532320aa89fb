"""The arguments of ``connect``: the same for the session and the plain client, checked before anything is sent."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import rxeryph
from rxeryph import ComputeClient, Eryph, connect
from rxeryph.client import ConnectionSettings
from rxeryph.errors import ConfigurationError, CredentialsNotFoundError
from rxeryph.simulator import Log, Simulator, Task

SESSION = inspect.signature(connect).parameters
CLIENT = inspect.signature(ComputeClient.connect).parameters


def test_the_plain_client_takes_the_same_arguments_but_those_for_streams() -> None:
    assert SESSION.keys() - CLIENT.keys() == {"batching", "journal", "polling", "settle", "workers"}
    assert [SESSION[name] for name in CLIENT] == list(CLIENT.values())
    settings = {each.name: each.default for each in fields(ConnectionSettings)}
    assert settings == {name: SESSION[name].default for name in (*CLIENT, "workers")}


@pytest.mark.parametrize("connector", [connect, ComputeClient.connect])
def test_every_argument_arrives(connector: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[ConnectionSettings] = []

    def open_nothing(settings: ConnectionSettings) -> None:
        opened.append(settings)
        raise ConfigurationError("nothing is opened here")

    monkeypatch.setattr(ConnectionSettings, "open", open_nothing)
    given: dict[str, Any] = dict.fromkeys(CLIENT)
    given.update((name, f"value of {name}") for name in given)
    with pytest.raises(ConfigurationError, match="nothing is opened here"):
        connector(**given)
    assert {name: getattr(opened[0], name) for name in given} == given
    assert "value of private_key" not in repr(opened[0])
    assert "value of client_secret" not in repr(opened[0])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"workers": 0}, "workers must be at least 1, not 0"),
        ({"configuration": "../zero"}, "part of a file's name"),
        ({"request_timeout": 0}, "request_timeout"),
        ({"settle": -0.1}, r"settle must be a finite number of seconds from 0, not -0\.1"),
        ({"settle": float("nan")}, "settle must be"),
        ({"settle": float("inf")}, "settle must be"),
        *(
            ({"endpoint": endpoint}, "endpoint")
            for endpoint in ("localhost:8000", "ftp://x", "http://example.org", "https://u:p@example.org")
        ),
        ({"client_secret": None, "private_key": "-----BEGIN RSA PRIVATE KEY-----\nx"}, "PEM"),
        ({"client_secret": None, "private_key": "nowhere.key"}, "cannot read"),
    ],
)
def test_a_wrong_argument_is_refused(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        connect(**{"endpoint": "https://localhost", "client_id": "c", "client_secret": "s", **arguments})


def test_connect_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("XDG_CONFIG_HOME", "HOME", "APPDATA", "PROGRAMDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CredentialsNotFoundError, match=r"endpoint=.*client_id=.*private_key= \(or client_secret=\)"):
        connect()


@pytest.mark.parametrize(("settle", "messages"), [(0.0, ["early"]), (0.5, ["early", "late"])])
def test_late_log_entries_are_looked_for_as_long_as_settle_says(
    connect_to: Callable[..., Eryph], settle: float, messages: list[str]
) -> None:
    with Simulator(speed=1.0) as simulator:
        eryph = connect_to(simulator, settle=settle)
        operation_id = simulator.play(Task("T", Log("early"), Log("late", late=0.3)))
        result = eryph.track(operation_id).wait(30)
    assert [entry.message for entry in result.log_entries] == messages


def test_the_plain_client_returns_operations_and_is_closed_by_its_block(simulator: Simulator) -> None:
    with ComputeClient.connect(
        endpoint=simulator.endpoint, client_id=simulator.client_id, private_key=simulator.private_key
    ) as client:
        operation = client.catlets.create({"name": "web"})
        assert client.operations.get(operation.id).id == operation.id
        assert repr(client) == f"ComputeClient('{simulator.endpoint}/compute')"
    with pytest.raises(rxeryph.errors.ClosedError):
        client.version()
