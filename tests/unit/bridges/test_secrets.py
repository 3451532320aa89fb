"""No secret is in a recording: not in the results of operations, and not in any that comes later."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, get_args

import pytest

from rxeryph.model import CatletConfigResult, CatletSpecificationResult, ResultValue, SshChannelResult, UnknownResult
from rxeryph.wire.operation import load_operation
from rxeryph.wire.snapshot import dump_snapshot
from tests.unit.samples import COMPLETED, operation

SECRET = "a-very-secret-token"


def written(result: ResultValue) -> dict[str, Any]:
    data = json.loads(json.dumps(dump_snapshot(operation(COMPLETED, result=result))))
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize("cls", get_args(ResultValue))
def test_what_a_repr_does_not_show_is_in_no_recording(cls: Any) -> None:
    members: dict[str, Any] = {}
    for member in dataclasses.fields(cls):
        if not member.repr:
            members[member.name] = {"token": SECRET} if "Mapping" in str(member.type) else SECRET
        elif member.default is dataclasses.MISSING and member.default_factory is dataclasses.MISSING:
            members[member.name] = "Novel"
    data = written(cls(**members))
    assert SECRET not in json.dumps(data)
    assert load_operation(data).result is not None


@pytest.mark.parametrize("result", [SshChannelResult(SECRET), UnknownResult("Novel", {"token": SECRET})])
def test_what_was_left_out_is_said(result: ResultValue) -> None:
    assert written(result)["secrets"] == "left out"
    assert written(result)["result"]["result_type"] == result.result_type


CONFIGURATION = {
    "name": "web",
    "variables": [
        {"name": "user", "value": "admin", "secret": False},
        {"name": "password", "type": "string", "value": SECRET, "secret": True},
    ],
    "fodder": [
        {"name": "motd", "content": "hello"},
        {"name": "key", "content": SECRET, "secret": True, "variables": [{"name": "x", "value": "kept"}]},
    ],
}


@pytest.mark.parametrize("cls", [CatletConfigResult, CatletSpecificationResult])
def test_values_marked_as_secret_are_left_out_of_a_configuration(
    cls: type[CatletConfigResult | CatletSpecificationResult],
) -> None:
    data = written(cls(CONFIGURATION))
    assert data["secrets"] == "left out"
    left = data["result"]["configuration"]
    assert SECRET not in json.dumps(left)
    assert left["variables"] == [
        CONFIGURATION["variables"][0],
        {"name": "password", "type": "string", "value": "", "secret": True},
    ]
    assert left["fodder"][0] == CONFIGURATION["fodder"][0]
    assert left["fodder"][1]["variables"] == [{"name": "x", "value": "kept"}]


def test_a_configuration_without_a_secret_is_kept_as_it_is() -> None:
    result = CatletConfigResult({"name": "web", "cpu": {"count": 2}, "fodder": [{"content": "hello"}], "novel": None})
    data = written(result)
    assert "secrets" not in data
    assert load_operation(data).result == result
