"""Variables get their values in the configuration, and the server can validate it before it is submitted."""

from __future__ import annotations

from typing import Any

import pytest

import rxeryph
from rxeryph.client import ComputeClient
from rxeryph.client.variables import fill_in
from rxeryph.errors import InvalidRequestError
from tests.calls import FILLED, find
from tests.canned import Canned

VALIDATE = "/v1/catlets/config/validate"
DECLARED: list[dict[str, object]] = [
    {"name": "userName", "value": "ops"},
    {"name": "size", "type": "Number", "required": True},
    {"name": "fast", "type": "boolean"},
    {"name": "password", "secret": True},
]


def test_values_become_strings_of_the_variable_of_that_name_in_any_letter_case() -> None:
    configuration: dict[str, object] = {"name": "web", "variables": DECLARED}
    filled = fill_in(configuration, {"USERNAME": "me", "size": 2.5, "fast": True})
    assert filled["variables"] == [
        {"name": "userName", "value": "me"},
        {"name": "size", "type": "Number", "required": True, "value": "2.5"},
        {"name": "fast", "type": "boolean", "value": "true"},
        {"name": "password", "secret": True},
    ]
    assert "value" not in DECLARED[1]  # what was given stays as it is
    assert fill_in(configuration, None) is configuration


def test_a_variable_that_may_be_inherited_is_added() -> None:
    filled = fill_in({"parent": "a/b/c", "variables": None}, {"size": 3})
    assert filled == {"parent": "a/b/c", "variables": [{"name": "size", "value": "3"}]}


@pytest.mark.parametrize(
    ("variables", "path", "reason"),
    [
        ({"siez": "hush"}, "variables.siez", "declares userName, size, fast, password"),
        ({"size": "hush"}, "variables.size", "declared as number"),
        ({"size": 1e10}, "variables.size", "up to 9 digits"),
        ({"size": "1\n"}, "variables.size", "declared as number"),
        ({"fast": "hush"}, "variables.fast", "true or false"),
        ({"password": ["hush"]}, "variables.password", "got list"),
        ({"password": None}, "variables.password", "got NoneType"),
        ({"password": float("inf")}, "variables.password", "finite"),
        ({"size": 1, "SIZE": 2}, "variables.SIZE", "the same variable is given as size"),
        ({"2nd": "hush"}, "variables", "'2nd' is not a name"),
        ({1: "hush"}, "variables", "1 is not a name"),
        ("hush", "variables", "expected a mapping"),
    ],
)
def test_a_wrong_value_is_refused_without_being_shown(variables: Any, path: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=reason) as caught:
        fill_in({"variables": DECLARED}, variables)
    assert list(caught.value.errors) == [path]
    assert "hush" not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("variables", ["a", {"name": "a"}])
def test_variables_must_be_a_list(variables: object) -> None:
    with pytest.raises(InvalidRequestError, match=r"\$\.configuration\.variables: expected a list"):
        fill_in({"variables": variables}, {"a": 1})


class Judging(Canned):
    """A server with a fixed verdict on every configuration."""

    def __init__(self, verdict: object) -> None:
        super().__init__()
        self.verdict = verdict

    def answer(self, method: str, path: str) -> object:
        return self.verdict if path == VALIDATE else super().answer(method, path)


@pytest.mark.parametrize("name", ["catlets.create", "catlets.update"])
def test_a_valid_configuration_is_submitted_as_the_server_validated_it(name: str) -> None:
    transport, call = Judging({"is_valid": True}), find(name)
    call(ComputeClient(transport), validate=True)
    assert transport.sent == [("POST", VALIDATE, {"configuration": FILLED}), call.request]


@pytest.mark.parametrize("name", ["catlets.create", "catlets.update"])
def test_an_invalid_configuration_is_not_submitted(name: str) -> None:
    issues = [
        {"member": "$.name", "message": "Too long."},
        {"member": "$.name", "message": "Bad."},
        {"message": "No."},
    ]
    transport = Judging({"is_valid": False, "errors": issues})
    with pytest.raises(
        InvalidRequestError, match=r"Nothing was submitted.*\$\.name: Too long\. Bad\.; \$: No\."
    ) as caught:
        find(name)(ComputeClient(transport), validate=True)
    assert caught.value.errors == {"$.name": ("Too long.", "Bad."), "$": ("No.",)}
    assert [path for _, path, _ in transport.sent] == [VALIDATE]


def test_the_simulator_validates_before_anything_begins(eryph: rxeryph.Eryph) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        eryph.catlets.create({"parent": "nonsense"}, validate=True)
    assert list(caught.value.errors) == ["$.parent"]
    assert eryph.operations.list() == ()
    assert eryph.catlets.create({"name": "web"}, validate=True).wait().catlet.name == "web"
