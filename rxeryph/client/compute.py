"""The plain client: an eryph server without streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from ..http import Timeout, Verify
from ..model import Operation
from ..retry import ErrorBudget
from .groups import Groups
from .settings import ConnectionSettings
from .transport import Transport


class ComputeClient(Groups[Operation]):
    """An eryph server as plain calls. A call that changes something returns the ``Operation`` it started.

    ::

        with ComputeClient.connect() as client:
            operation = client.catlets.create({"name": "web"})
            print(client.operations.get(operation.id).status)
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, _itself)

    @classmethod
    def connect(
        cls,
        configuration: str | None = None,
        *,
        client_id: str | None = None,
        endpoint: str | None = None,
        identity_endpoint: str | None = None,
        compute_endpoint: str | None = None,
        private_key: str | None = None,
        client_secret: str | None = None,
        issuer: str | None = None,
        scopes: Sequence[str] | None = None,
        error_budget: ErrorBudget | None = None,
        request_timeout: Timeout | None = None,
        verify: Verify = True,
        allow_http: bool = False,
    ) -> Self:
        """Connect to an eryph server. Sends nothing until the first call.

        The arguments are those of ``rxeryph.connect`` without the ones for streams, and it raises the same errors.
        Calls run on the caller's thread.
        """
        settings = ConnectionSettings(
            configuration=configuration,
            client_id=client_id,
            endpoint=endpoint,
            identity_endpoint=identity_endpoint,
            compute_endpoint=compute_endpoint,
            private_key=private_key,
            client_secret=client_secret,
            issuer=issuer,
            scopes=scopes,
            error_budget=error_budget,
            request_timeout=request_timeout,
            verify=verify,
            allow_http=allow_http,
        )
        return cls(settings.open())


def _itself(operation: Operation) -> Operation:
    return operation
