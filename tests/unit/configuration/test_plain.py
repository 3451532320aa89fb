"""A configuration becomes one object of plain JSON data, with short forms written out."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.configuration.preparing import prepared
from rxeryph.errors import InvalidRequestError


def read(given: Any) -> dict[str, object]:
    return prepared(given)[1]


PARENT = "dbosoft/ubuntu-22.04/starter"


@pytest.mark.parametrize(
    ("configuration", "path", "reason"),
    [
        ({"drives": [{"size": {1, 2}}]}, "$.configuration.drives[0].size", "set has no JSON form"),
        ({"cpu": {1: 2}}, "$.configuration.cpu", "the member name 1 is not a string"),
        ({"x": float("nan")}, "$.configuration.x", "nan has no JSON form"),
        (7, "$.configuration", "expected a mapping, a YAML or JSON string, or a pathlib.Path, got int"),
        (
            {"name": "web", "config": {"name": "db"}},
            "$.configuration.name",
            r"it differs from \$\.configuration\.config\.name; give it once",
        ),
        ({"config": "cpu: 2"}, "$.configuration.config", "expected a mapping, got str"),
        ({"cpu": 2, "config": {}}, "$.configuration.cpu", "only name and project are allowed next to config"),
    ],
)
def test_an_invalid_configuration_is_refused_with_the_path(configuration: object, path: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=rf"^Nothing was sent\. .*{reason}") as caught:
        read(configuration)
    assert list(caught.value.errors) == [path]


@pytest.mark.parametrize(
    ("nested", "flat"),
    [
        (
            {"name": "web", "project": "dev", "config": {"parent": PARENT, "cpu": {"count": 2}}},
            {"name": "web", "project": "dev", "parent": PARENT, "cpu": {"count": 2}},
        ),
        ({"config": {"name": "web"}}, {"name": "web"}),
        ({"name": "web", "config": {"name": "web"}}, {"name": "web"}),
        ({"name": None, "config": {"name": "web"}}, {"name": "web"}),
        ({"name": "web", "config": {"name": None}}, {"name": "web"}),
    ],
)
def test_the_members_of_config_move_up(nested: object, flat: dict[str, object]) -> None:
    assert read(nested) == flat


def test_short_forms_are_expanded_and_values_of_variables_become_strings() -> None:
    short = {
        "cpu": 2,
        "memory": 1024,
        "capabilities": ["secure_boot", {"name": "dynamic_memory"}],
        "variables": [{"name": "a", "value": True}, {"name": "b", "value": 1.5}, {"name": "c"}],
        "fodder": [{"name": "f", "variables": [{"name": "d", "value": 3}]}],
    }
    assert read(short) == {
        "cpu": {"count": 2},
        "memory": {"startup": 1024},
        "capabilities": [{"name": "secure_boot"}, {"name": "dynamic_memory"}],
        "variables": [{"name": "a", "value": "true"}, {"name": "b", "value": "1.5"}, {"name": "c"}],
        "fodder": [{"name": "f", "variables": [{"name": "d", "value": "3"}]}],
    }


def test_a_mapping_that_contains_itself_is_refused() -> None:
    endless: dict[str, object] = {}
    endless["a"] = endless
    with pytest.raises(InvalidRequestError, match="contains itself"):
        read(endless)
