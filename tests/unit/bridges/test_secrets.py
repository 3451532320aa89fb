"""No secret is in a recording: not in the results of operations today, and not in any that is added later."""

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
def test_what_a_repr_hides_is_in_no_recording(cls: Any) -> None:
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
def test_the_snapshot_says_that_secrets_were_left_out(result: ResultValue) -> None:
    data = written(result)
    assert (data["secrets"], data["result"]["result_type"]) == ("left out", result.result_type)


@pytest.mark.parametrize("cls", [CatletConfigResult, CatletSpecificationResult])
def test_values_marked_as_secret_are_left_out_of_a_configuration(cls: Any) -> None:
    user = {"name": "user", "value": "admin", "secret": False}
    password = {"name": "password", "type": "string", "value": SECRET, "secret": True}
    motd = {"name": "motd", "content": "hello"}
    key = {"name": "key", "content": SECRET, "secret": True, "variables": [{"name": "x", "value": "kept"}]}
    data = written(cls({"name": "web", "variables": [user, password], "fodder": [motd, key]}))
    left = data["result"]["configuration"]
    assert data["secrets"] == "left out"
    assert SECRET not in json.dumps(left)
    assert left["variables"] == [user, {**password, "value": ""}]
    assert left["fodder"][0] == motd
    assert left["fodder"][1]["variables"] == key["variables"]


def test_a_configuration_without_a_secret_is_kept_as_it_is() -> None:
    result = CatletConfigResult({"name": "web", "cpu": {"count": 2}, "fodder": [{"content": "hello"}], "novel": None})
    data = written(result)
    assert "secrets" not in data
    assert load_operation(data).result == result
