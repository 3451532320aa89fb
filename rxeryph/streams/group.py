"""``OperationGroup``: many operations as one stream of events."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from reactivex.abc import ObserverBase, SchedulerBase

from ..errors import OperationTimeoutError, RxEryphError
from ..events import AnyEvent, OperationFinished, TrackingFailed
from ..outcome import OperationResult
from ..polling import SourceGroup
from .stream import EventStream


class OperationGroup(EventStream):
    """The events of many operations as they come; each event knows its ``operation_id``.

    For thousands: they share the connection's threads, and one history instead of a subscription each. An
    operation whose tracking fails is told as ``TrackingFailed``, and the others go on. A slow subscriber
    holds back the polling of all.
    """

    def __init__(self, group: SourceGroup, scheduler: SchedulerBase | None) -> None:
        super().__init__(group.history, scheduler)
        self._group = group

    def __repr__(self) -> str:
        return f"OperationGroup({len(self.results)} of {len(self.operation_ids)} have ended)"

    @property
    def operation_ids(self) -> tuple[str, ...]:
        """The ids of the operations, in the order they were given."""
        return tuple(source.operation_id for source in self._group.sources)

    @property
    def results(self) -> Mapping[str, OperationResult | RxEryphError]:
        """What came of the operations that have ended, by id: the result, or the error that tracking ended with."""
        found: dict[str, OperationResult | RxEryphError] = {}
        for event in tuple(self._history.events):
            if isinstance(event, OperationFinished):
                found[event.operation_id] = event.result
            elif isinstance(event, TrackingFailed):
                found[event.operation_id] = event.error
        return found

    def wait(
        self, timeout: float | None = 300.0, observer: ObserverBase[AnyEvent] | None = None
    ) -> Mapping[str, OperationResult | RxEryphError]:
        """Block until all have ended and return their ``results``.

        ``timeout`` are seconds (None: no limit). ``observer`` sees every event first; waiting again with the
        same one goes on where it stopped. Raises OperationTimeoutError, after which the operations and the
        stream go on, what ended the stream, and what ``observer`` raised.
        """
        if not self._has_ended_in(timeout, observer):
            raise self._timeout_error(timeout or 0.0)
        return self.results

    def _timeout_error(self, timeout: float) -> OperationTimeoutError:
        ended = self.results
        running = [source for source in self._group.sources if source.operation_id not in ended]
        first = running[0]
        return OperationTimeoutError(
            f"{len(running)} of {len(self.operation_ids)} operations have not ended after waiting {timeout:g} s,"
            f" {first.operation_id} is the first; they go on at the server. Call wait() again to go on waiting.",
            operation_id=first.operation_id,
            operation=first.operation,
        )

    def __await__(self) -> Generator[object, None, Mapping[str, OperationResult | RxEryphError]]:  # type: ignore[override]
        """The results, without blocking the event loop."""
        return self._finished().__await__()

    async def _finished(self) -> Mapping[str, OperationResult | RxEryphError]:
        await self._end()
        return self.results
