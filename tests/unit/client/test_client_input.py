"""Bad input gets a clear error before anything is sent."""

from __future__ import annotations

import pytest

from rxeryph.client.configuration import check_configuration
from rxeryph.errors import InvalidRequestError


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
