"""The plain client: an eryph server without streams."""

from __future__ import annotations

from ..model import Operation
from .groups import Groups
from .transport import Transport


class ComputeClient(Groups[Operation]):
    """An eryph server as plain calls; a call that changes something returns the ``Operation`` it started.

    ``with ComputeClient(open_transport(endpoint=..., ...)) as client: ...``
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, _itself)


def _itself(operation: Operation) -> Operation:
    return operation
