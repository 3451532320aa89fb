"""The field of an operation's result. Few operations have one: the schemas of results are loaded with the first."""

from __future__ import annotations

from typing import Any

from ..model import ResultValue
from ._schema import ReadField


class Result(ReadField[ResultValue]):
    """A result of any type."""

    def read(self, value: Any) -> ResultValue:
        from .results import load_result

        return load_result(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        from .results import dump_result

        return None if value is None else dump_result(value)
