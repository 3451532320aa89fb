"""Variables get their values in the configuration."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.configuration import check_configuration
from rxeryph.configuration.variables import fill_in
from rxeryph.errors import InvalidRequestError

DECLARED: list[dict[str, object]] = [
    {"name": "userName", "value": "ops"},
    {"name": "size", "type": "Number", "required": True},
    {"name": "fast", "type": "boolean"},
    {"name": "password", "secret": True},
]


def test_values_become_strings_of_the_variable_of_that_name_in_any_letter_case() -> None:
    configuration: dict[str, object] = {"name": "web", "variables": DECLARED}
    filled, _ = fill_in(configuration, {"USERNAME": "me", "size": 2.5, "fast": True})
    assert filled["variables"] == [
        {"name": "userName", "value": "me"},
        {"name": "size", "type": "Number", "required": True, "value": "2.5"},
        {"name": "fast", "type": "boolean", "value": "true"},
        {"name": "password", "secret": True},
    ]
    assert "value" not in DECLARED[1]  # what was given stays as it is
    assert fill_in(configuration, None)[0] is configuration


def test_a_variable_that_may_be_inherited_is_added() -> None:
    filled, problems = fill_in({"parent": "a/b/c", "variables": None}, {"size": 3})
    assert problems == ()
    assert filled == {"parent": "a/b/c", "variables": [{"name": "size", "value": "3"}]}


@pytest.mark.parametrize(
    ("variables", "path", "reason"),
    [
        ({"siez": "hush"}, "variables.siez", "Did you mean 'size'"),
        ({"size": "hush"}, "variables.size", "declared as number"),
        ({"size": 1e10}, "variables.size", "up to 9 digits"),
        ({"size": "1\n\n"}, "variables.size", "declared as number"),
        ({"fast": "hush"}, "variables.fast", "true or false"),
        ({"password": ["hush"]}, "variables.password", "got list"),
        ({"password": None}, "variables.password", "got NoneType"),
        ({"password": float("inf")}, "variables.password", "finite"),
        ({"size": 1, "SIZE": 2}, "variables.SIZE", "the same variable is given as size"),
        ({"2nd": "hush"}, "variables", "'2nd' is not a name"),
        ({1: "hush"}, "variables", "the name 1 is not a string"),
        ("hush", "variables", "expected a mapping"),
    ],
)
def test_a_wrong_value_is_refused_without_being_shown(variables: Any, path: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=reason) as caught:
        check_configuration({"variables": DECLARED}, variables)
    assert list(caught.value.errors) == [path]
    assert "hush" not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("variables", ["a", {"name": "a"}])
def test_variables_must_be_a_list(variables: object) -> None:
    with pytest.raises(InvalidRequestError, match=r"\$\.configuration\.variables: expected a list"):
        check_configuration({"variables": variables}, {"a": 1})
