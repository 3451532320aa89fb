"""Snapshots for a recording: as the server would write them, but without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from ..model import (
    CatletConfigResult,
    CatletSpecificationResult,
    Operation,
    ResultValue,
    SshChannelResult,
    UnknownResult,
)
from ..model.plain import to_plain
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
            return replace(result, configuration=cast(Mapping[str, object], to_plain(configuration)))
        case _:
            return result
