"""``OperationGroup``: many operations as one stream of events."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from types import MappingProxyType

from reactivex.abc import ObserverBase, SchedulerBase

from ..errors import OperationTimeoutError, RxEryphError
from ..events import AnyEvent, OperationFinished, TrackingFailed
from ..model.text import quoted
from ..outcome import OperationResult
from .event_stream import EventStream
from .stream import OperationStream, group_of
from .waiting import FORGOTTEN, check_wait


class OperationGroup(EventStream):
    """The events of many operations as they come; each event has its ``operation_id``.

    Made for thousands: they share the connection's threads, and one history instead of a subscription each. An
    operation whose tracking fails is a ``TrackingFailed`` event and the others continue; with ``fail_fast`` its error
    ends the stream. A slow subscriber holds back the polling of all.
    """

    def __init__(
        self, streams: Mapping[str, OperationStream], scheduler: SchedulerBase | None, *, fail_fast: bool = False
    ) -> None:
        self._names = {stream.operation_id: name for name, stream in streams.items()}
        self._group = group_of(streams.values(), fail_fast=fail_fast)
        super().__init__(self._group.history, scheduler)

    def __repr__(self) -> str:
        return f"OperationGroup({len(self._ended())} of {len(self.operation_ids)} have ended)"

    @property
    def operation_ids(self) -> tuple[str, ...]:
        """The ids of the operations, in the order they were given."""
        return tuple(source.operation_id for source in self._group.sources)

    @property
    def names(self) -> Mapping[str, str]:
        """The name of each operation, by its id, in the order they were given; the id where it has no name."""
        return MappingProxyType(self._names)

    @property
    def results(self) -> Mapping[str, OperationResult | RxEryphError]:
        """By name, in the order they were given, for each operation that has ended: its result, or the error that
        ended its tracking. An operation that was given no name is found by its id."""
        ended = self._ended()
        return {name: ended[operation_id] for operation_id, name in self._names.items() if operation_id in ended}

    def _ended(self) -> dict[str, OperationResult | RxEryphError]:
        found: dict[str, OperationResult | RxEryphError] = {}
        for event in tuple(self._history.events):
            if isinstance(event, OperationFinished):
                found[event.operation_id] = event.result
            elif isinstance(event, TrackingFailed):
                found[event.operation_id] = event.error
        return found

    def wait(
        self,
        timeout: float | None = 300.0,
        observer: ObserverBase[AnyEvent] | None = None,
        *,
        stalled: float | None = None,
    ) -> Mapping[str, OperationResult | RxEryphError]:
        """Block until all have ended and return their ``results``, by name and in the order they were given.

        Args:
            timeout: Seconds to wait. None: no limit.
            observer: Gets every event first. If you wait again with the same one, it continues where it stopped.
            stalled: Seconds to wait while none of the operations changes, above 0. None, the default: no limit.
                A server that was restarted leaves its operations Running for ever. Failed polls change nothing.

        Raises:
            OperationTimeoutError: The time is up, or nothing changed for ``stalled`` seconds. The operations keep
                running, and you may wait again.
            RxEryphError: The stream failed: the connection was closed, or with ``fail_fast`` tracking failed.
            Exception: Any exception from ``observer``.
        """
        check_wait(timeout, observer, stalled)
        waited = self._wait_for_end(timeout, observer, stalled)
        if not waited.is_done:
            raise self._timeout_error(timeout or 0.0, stalled if waited.has_stalled(stalled) else None)
        return self.results

    def _timeout_error(self, timeout: float, stalled: float | None) -> OperationTimeoutError:
        ended = self._ended()
        running = [source for source in self._group.sources if source.operation_id not in ended]
        first = running[0]
        name = self._names[first.operation_id]
        which = name if name == first.operation_id else f"{quoted(name)} ({first.operation_id})"
        status = "not seen yet" if first.operation is None else first.operation.status.value
        text = f"{len(running)} of {len(self.operation_ids)} operations have not ended"
        if stalled is None:
            text += (
                f" after waiting {timeout:g} s, {which} is the first; they keep running on the server."
                " Call wait() again to wait longer."
            )
        else:
            text += f", and nothing has changed for {stalled:g} s; {which} is the first, {status}. {FORGOTTEN}"
        return OperationTimeoutError(
            text, operation_id=first.operation_id, operation=first.operation, stalled=stalled
        )

    def __await__(self) -> Generator[object, None, Mapping[str, OperationResult | RxEryphError]]:  # type: ignore[override]
        """The results, without blocking the event loop."""
        return self._finished().__await__()

    async def _finished(self) -> Mapping[str, OperationResult | RxEryphError]:
        await self._end()
        return self.results
