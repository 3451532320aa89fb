"""One subscription to the records of a journal."""

from __future__ import annotations

from collections.abc import Callable

from reactivex.abc import DisposableBase

from ..scheduling.log import logger
from ..scheduling.observers import USER_CODE_ERRORS


class Subscriber(DisposableBase):
    """Calls a user's function when there may be records of one operation, or of any (None).

    ``remove`` is called when it is disposed.
    """

    def __init__(
        self, notify: Callable[[], None], operation_id: str | None, remove: Callable[[Subscriber], None]
    ) -> None:
        self.operation_id = operation_id
        self._notify = notify
        self._remove = remove
        self._is_disposed = False

    def notify(self) -> None:
        """There may be new records. What the function raises is logged."""
        if self._is_disposed:
            return
        try:
            self._notify()
        except USER_CODE_ERRORS:
            logger.exception("A subscriber of a journal raised")

    def dispose(self) -> None:
        self._is_disposed = True
        self._remove(self)
