"""Bad input gets a clear error before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from rxeryph import connect
from rxeryph.client.configuration import check_configuration
from rxeryph.errors import ConfigurationError, CredentialsNotFoundError, InvalidRequestError


@pytest.mark.parametrize(
    ("configuration", "path"),
    [
        ({"name": "a_b"}, "$.configuration.name"),
        ({"name": "-a"}, "$.configuration.name"),
        ({"project": "p" * 21}, "$.configuration.project"),
        ({"drives": [{"size": {1, 2}}]}, "$.configuration.drives[0].size"),
        ({"cpu": {1: 2}}, "$.configuration.cpu"),
        ({"x": float("nan")}, "$.configuration.x"),
        ("web", "$.configuration"),
    ],
)
def test_a_configuration_that_cannot_be_right(configuration: object, path: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_configuration(configuration)
    assert path in caught.value.errors


def test_connect_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("XDG_CONFIG_HOME", "HOME", "APPDATA", "PROGRAMDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CredentialsNotFoundError, match=r"endpoint=.*client_id=.*private_key= or client_secret="):
        connect()


@pytest.mark.parametrize("endpoint", ["localhost:8000", "ftp://x", "http://example.org", "https://u:p@example.org"])
def test_an_endpoint_that_cannot_be_one(endpoint: str) -> None:
    with pytest.raises(ConfigurationError, match="endpoint"):
        connect(endpoint=endpoint, client_id="c", client_secret="s")


def test_a_key_that_is_none() -> None:
    with pytest.raises(ConfigurationError, match="PEM"):
        connect(endpoint="https://localhost", client_id="c", private_key="-----BEGIN RSA PRIVATE KEY-----\nx")
    with pytest.raises(ConfigurationError, match="cannot read"):
        connect(endpoint="https://localhost", client_id="c", private_key="nowhere.key")
