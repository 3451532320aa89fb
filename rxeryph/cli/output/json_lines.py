"""One event per line, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from ...events import AnyEvent
from ...outcome import OperationResult
from ..view.rows import own_name
from .machines import json_line


class JsonView:
    """Prints each event as its ``to_dict()``, with the name next to the id where the operation has one."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def name(self, operation_id: str, name: str) -> None:
        self._names[operation_id] = name

    def show(self, event: AnyEvent) -> None:
        operation_id = event.operation_id
        name = own_name(operation_id, self._names.get(operation_id, ""))
        named = {"name": name} if name else {}
        data = event.to_dict()
        line: dict[str, object] = {"type": data["type"], "operation_id": operation_id} | named | data
        self.write(line)

    def write(self, document: Mapping[str, object]) -> None:
        """Print one document."""
        print(json_line(document), flush=True)

    def tick(self) -> None:
        """Nothing to redraw."""

    def summary(self, results: Mapping[str, OperationResult]) -> None:
        """The ``finished`` events already contain the results."""
