"""Values are filled into the variables of a configuration, and the server may judge it before it is submitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import rxeryph
from rxeryph.client import ComputeClient
from rxeryph.client.variables import fill_in
from rxeryph.errors import InvalidRequestError
from rxeryph.simulator import Simulator
from tests.unit.client.test_whole_api import ID, QUEUED, Canned

DECLARED: list[dict[str, object]] = [
    {"name": "userName", "value": "ops"},
    {"name": "size", "type": "Number", "required": True},
    {"name": "fast", "type": "boolean"},
    {"name": "password", "secret": True},
]


def test_values_become_texts_at_the_variable_of_that_name_in_any_letter_case() -> None:
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
    ("variables", "path", "told"),
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
def test_a_value_that_cannot_be_meant_is_refused_without_being_shown(variables: Any, path: str, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=told) as caught:
        fill_in({"variables": DECLARED}, variables)
    assert list(caught.value.errors) == [path]
    assert "hush" not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("variables", ["a", {"name": "a"}])
def test_variables_that_are_no_list_are_told(variables: object) -> None:
    with pytest.raises(InvalidRequestError, match=r"\$\.configuration\.variables: expected a list"):
        fill_in({"variables": variables}, {"a": 1})


Call = Callable[[ComputeClient], object]
TEXT = "name: web\nvariables:\n- name: size\n"


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.catlets.create(TEXT, variables={"size": 2}),
        lambda c: c.catlets.update(ID, TEXT, variables={"size": 2}),
        lambda c: c.catlets.expand_config(TEXT, variables={"size": 2}),
        lambda c: c.catlets.populate_variables(TEXT, variables={"size": 2}),
    ],
)
def test_every_call_with_variables_sends_them_in_the_configuration(call: Call) -> None:
    transport = Canned()
    call(ComputeClient(transport))
    ((_, _, body),) = transport.sent
    assert body["configuration"]["variables"] == [{"name": "size", "value": "2"}]


class Judging(Canned):
    """Finds every configuration as it is told."""

    def __init__(self, verdict: object) -> None:
        super().__init__()
        self.verdict = verdict

    def send(self, method: str, path: str, body: object = None) -> object:
        self.reply = self.verdict if path.endswith("/validate") else QUEUED
        return super().send(method, path, body)


VALIDATED: list[Call] = [
    lambda c: c.catlets.create(TEXT, variables={"size": 2}, validate=True),
    lambda c: c.catlets.update(ID, TEXT, variables={"size": 2}, validate=True),
]


@pytest.mark.parametrize("call", VALIDATED)
def test_a_valid_configuration_is_submitted_as_it_was_judged(call: Call) -> None:
    transport = Judging({"is_valid": True})
    call(ComputeClient(transport))
    (_, judged, first), (_, _, second) = transport.sent
    assert judged == "/v1/catlets/config/validate"
    assert first["configuration"] == second["configuration"]
    assert first["configuration"]["variables"] == [{"name": "size", "value": "2"}]


@pytest.mark.parametrize("call", VALIDATED)
def test_an_invalid_configuration_is_not_submitted(call: Call) -> None:
    issues = [
        {"member": "$.name", "message": "Too long."},
        {"member": "$.name", "message": "Bad."},
        {"message": "No."},
    ]
    transport = Judging({"is_valid": False, "errors": issues})
    with pytest.raises(
        InvalidRequestError, match=r"Nothing was submitted.*\$\.name: Too long\. Bad\.; \$: No\."
    ) as caught:
        call(ComputeClient(transport))
    assert caught.value.errors == {"$.name": ("Too long.", "Bad."), "$": ("No.",)}
    assert [path for _, path, _ in transport.sent] == ["/v1/catlets/config/validate"]


def test_the_simulator_judges_before_anything_begins(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        eryph.catlets.create({"parent": "nonsense"}, validate=True)
    assert list(caught.value.errors) == ["$.parent"]
    assert eryph.operations.list() == ()
    assert eryph.catlets.create({"name": "web"}, validate=True).wait().catlet.name == "web"
