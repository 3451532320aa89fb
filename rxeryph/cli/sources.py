"""Where operations are read from: a server, or a journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reactivex import Observable

    from ..events import AnyEvent
    from ..model import Operation
    from ..streams import OperationStream


class Operations(Protocol):
    """The operations of a server or a journal, newest first, and one of them by its id."""

    def list(self) -> tuple[Operation, ...]: ...
    def get(self, operation_id: str, *, expand: Sequence[str] = ...) -> Operation: ...


class Source(Protocol):
    """What makes one stream of several."""

    def track_all(self, operations: Sequence[OperationStream], /) -> Observable[AnyEvent]: ...
