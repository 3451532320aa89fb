"""``OperationStream``: the events of one operation."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from reactivex.abc import ObserverBase

from ..arguments import check_function
from ..errors import OperationTimeoutError
from ..events import AnyEvent, OperationFinished, PollFailed
from ..model import CancelRequest, Operation
from ..model.text import quoted
from ..outcome import OperationResult
from ..polling import PollingPolicy, Source, SourceGroup
from .event_stream import EventStream
from .waiting import FORGOTTEN, check_wait


class OperationStream(EventStream):
    """The events of one operation, from its beginning to ``OperationFinished``."""

    def __init__(self, source: Source, cancel: Callable[[], CancelRequest]) -> None:
        super().__init__(source.history, source.scheduler)
        self._source = source
        self._cancel = cancel

    def __repr__(self) -> str:
        operation = self._source.operation
        facts = [quoted(self.operation_id)]
        if operation is None:
            facts.append("not seen yet")
        else:
            if operation.title:
                facts.append(quoted(operation.title))
            status = operation.status
            facts.append(status.value if status.is_known else quoted(status.value, 20))
            if operation.duration is not None:
                facts.append(f"{operation.duration:.1f} s")
        return f"OperationStream({', '.join(facts)})"

    @property
    def operation_id(self) -> str:
        """The id of the operation."""
        return self._source.operation_id

    @property
    def operation(self) -> Operation | None:
        """The last snapshot, with every log entry seen; None before the first. Sends nothing."""
        return self._source.operation

    @property
    def polling(self) -> PollingPolicy:
        """When to ask again. It may be set while the stream runs; a wait under way changes too."""
        return self._source.policy

    @polling.setter
    def polling(self, policy: PollingPolicy) -> None:
        check_function(policy, "polling needs a function from PollContext to seconds, such as polling.fixed(2)")
        self._source.policy = policy

    def wait(
        self,
        timeout: float | None = 300.0,
        observer: ObserverBase[AnyEvent] | None = None,
        *,
        stalled: float | None = None,
    ) -> OperationResult:
        """Block until the operation has ended and return its result, failed or not.

        Args:
            timeout: Seconds to wait. None: no limit.
            observer: Gets every event first. If you wait again with the same one, it continues where it stopped.
            stalled: Seconds to wait while nothing changes, above 0. None, the default: no limit. A server that was
                restarted leaves its operations Running for ever. Failed polls change nothing. ``ops.stalled`` reports
                the same as an event.

        Raises:
            OperationTimeoutError: The time is up, or nothing changed for ``stalled`` seconds. The operation keeps
                running, and you may wait again.
            RxEryphError: Tracking failed.
            Exception: Any exception from ``observer``.
        """
        check_wait(timeout, observer, stalled)
        waited = self._wait_for_end(timeout, observer, stalled)
        if not waited.is_done:
            raise self._timeout_error(timeout or 0.0, stalled if waited.has_stalled(stalled) else None)
        return self._result()

    def _timeout_error(self, timeout: float, stalled: float | None) -> OperationTimeoutError:
        name, operation, events = f"Operation {self.operation_id}", self.operation, self._history.events
        if operation is None:
            text = f"{name} was not seen in {timeout if stalled is None else stalled:g} s."
        elif stalled is None:
            text = (
                f"{name} is {operation.status.value} after waiting {timeout:g} s;"
                " it keeps running on the server. Call wait() again to wait longer."
            )
        else:
            text = f"{name} is {operation.status.value}, and nothing has changed for {stalled:g} s. {FORGOTTEN}"
        if events and isinstance(events[-1], PollFailed):
            text += f" The last poll failed: {events[-1].error}"
        return OperationTimeoutError(text, operation_id=self.operation_id, operation=operation, stalled=stalled)

    def _result(self) -> OperationResult:
        last = self._history.events[-1]
        assert isinstance(last, OperationFinished)  # every completed stream ends with it
        return last.result

    def cancel(self) -> CancelRequest:
        """Request the server to cancel, and return the request as the server took it.

        The stream ends as Cancelled, or as whatever really happened: only the preparation of genes heeds the request
        today, and the server does not remember it. A request that comes before such a task runs has no effect;
        request it again then. Needs API 1.2, else raises ApiVersionError.
        """
        return self._cancel()

    def __await__(self) -> Generator[object, None, OperationResult]:  # type: ignore[override]
        """The result, without blocking the event loop."""
        return self._finished().__await__()

    async def _finished(self) -> OperationResult:
        await self._end()
        return self._result()


def group_of(streams: Iterable[OperationStream], *, fail_fast: bool) -> SourceGroup:
    """The operations of ``streams`` with one history; for ``OperationGroup``."""
    return SourceGroup((stream._source for stream in streams), fail_fast=fail_fast)
