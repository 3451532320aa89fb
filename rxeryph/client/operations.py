"""Operations: read, list and cancel them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from ..arguments import described
from ..configuration.refusal import invalid
from ..model import CancelRequest, Operation, OperationStatus, ResourceType
from ..model.timestamps import BEGINNING, parse_ticks
from ..wire import load_operation, load_operations
from .calls import Group
from .checks import check_id, check_strings
from .selection import Selection
from .transport import Transport
from .version import API_1_2, VersionGate

EVERYTHING = ("logs", "tasks", "resources", "projects")


class Operations(Group):
    """The operations of a server, as plain values."""

    def __init__(self, transport: Transport, gate: VersionGate) -> None:
        super().__init__(transport)
        self._gate = gate

    def get(
        self, operation_id: str, *, expand: Sequence[str] = EVERYTHING, log_time_stamp: str | None = None
    ) -> Operation:
        """One snapshot, with the collections named in ``expand`` (any of logs, tasks, resources, projects).

        Only log entries strictly later than ``log_time_stamp`` (ISO 8601 with offset) are included, or all for None.
        Raises NotFoundError when it does not exist or is not visible.
        """
        path = f"/v1/operations/{check_id(operation_id, 'operation_id')}{_query(expand, log_time_stamp)}"
        return self._read(path, load_operation)

    def list(
        self,
        *,
        expand: Sequence[str] = (),
        status: OperationStatus | str | Sequence[OperationStatus | str] | None = None,
        project: str | None = None,
        resource_type: ResourceType | str | None = None,
        since: datetime | None = None,
        top: int | None = None,
    ) -> tuple[Operation, ...]:
        """The operations of the last 30 days that the client may see, newest first.

        The server cannot filter, sort or page, so it sends all operations. This method filters them by ``status``
        (one or several), ``project`` (name in any letter case, or id), ``resource_type`` and ``since`` (a
        timezone-aware datetime, compared with ``created``, which is the server's clock), and returns at most ``top``.
        Collections are empty unless ``expand`` names them or a filter needs them.

        Servers before API 1.2 do not report when an operation was created: the order is arbitrary, and ``since`` and
        ``top`` raise ApiVersionError. Raises InvalidRequestError for values that are not valid.
        """
        selection = Selection(status, project, resource_type, since, top)
        selection.check()
        path = f"/v1/operations{_query((*check_strings(expand, 'expand'), *selection.expand), None)}"
        return selection.apply(self._read(path, load_operations))

    def cancel(self, operation_id: str) -> CancelRequest:
        """Request the server to cancel, and return the request as the server took it.

        It is no more than a request. The server passes it to the tasks that run at this moment and does not remember
        it. Only the preparation of genes (``PrepareGeneCommand``) heeds it today, when it next reports progress;
        an operation without such a task runs to its end. If a gene is prepared later, request it again then.

        Needs API 1.2, else raises ApiVersionError. Harmless for an operation that has ended.
        """
        operation_id = check_id(operation_id, "operation_id")
        path = f"/v1/operations/{operation_id}/cancel"
        self._gate.require("operations.cancel", API_1_2)
        reply = self._transport.send("POST", path)
        return CancelRequest(
            operation_id, None if reply is None else load_operation(reply, self._transport.url(path))
        )


def _query(expand: Sequence[str], log_time_stamp: str | None) -> str:
    for word in check_strings(expand, "expand"):
        if word not in EVERYTHING:
            raise invalid("expand", f"{described(word)} is not one of {', '.join(EVERYTHING)}.")
    parts = []
    if expand:
        parts.append("expand=" + ",".join(dict.fromkeys(expand)))
    if "logs" in expand:
        parts.append("log_time_stamp=" + quote(_checked_time(log_time_stamp), safe=":"))
    return "?" + "&".join(parts) if parts else ""


def _checked_time(given: str | None) -> str:
    if given is None:
        return BEGINNING
    try:
        parse_ticks(given)
    except (TypeError, ValueError):
        raise invalid("log_time_stamp", f"{described(given)} is not ISO 8601 with offset.") from None
    return given
