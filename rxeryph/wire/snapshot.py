"""Snapshots for a recording: as the server would write them, but without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..model import (
    CatletConfigResult,
    CatletSpecificationResult,
    Operation,
    ResultValue,
    SshChannelResult,
    UnknownResult,
)
from ..model.plain import without_marked
from .operation import dump_operation


def dump_snapshot(operation: Operation) -> dict[str, object]:
    """The JSON-ready data of a snapshot without the secrets in its result; it says so if there were any."""
    result = _blank(operation.result)
    if result == operation.result:
        return dump_operation(operation)
    return {**dump_operation(replace(operation, result=result)), "secrets": "left out"}


def _blank(result: ResultValue | None) -> ResultValue | None:
    match result:
        case SshChannelResult():
            return replace(result, token="")
        case UnknownResult(result_type=result_type):
            return UnknownResult(result_type)  # anything unknown may be a secret
        case CatletConfigResult(configuration=configuration) | CatletSpecificationResult(configuration=configuration):
            return replace(result, configuration=_without_secrets(configuration))
        case _:
            return result


def _without_secrets(value: Any) -> Any:
    """A configuration without the values of variables and fodder that are marked as secret."""
    if isinstance(value, list | tuple):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {name: _without_secrets(item) for name, item in without_marked(value).items()}
