"""What every view does."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from ...events import AnyEvent
from ...outcome import OperationResult


class View(Protocol):
    """Shows events as they arrive, and a summary at the end.

    ``name`` adds an operation, or renames one, at any time; one that was never named is shown with the beginning of
    its id. ``tick`` is called a few times a second while no event comes. All calls come from one thread.
    """

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def name(self, operation_id: str, name: str) -> None: ...
    def show(self, event: AnyEvent) -> None: ...
    def tick(self) -> None: ...
    def summary(self, results: Mapping[str, OperationResult]) -> None: ...
