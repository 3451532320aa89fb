"""Which version of the compute API the server speaks, and which calls it is too old for."""

from __future__ import annotations

from .. import wire
from ..errors import ApiVersionError, NotFoundError
from ..model import ApiVersion
from ..process import ProcessLock
from .transport import Transport

API_1_1 = ApiVersion(1, 1)
"""The version that brought expanding, checking and populating configurations, and the way to stop called Kill."""
API_1_2 = ApiVersion(1, 2)
"""The version that brought specifications, guest services, cancelling, and times of operations."""


def read_version(transport: Transport) -> ApiVersion:
    """The server's version; a server without the version endpoint is 1.0."""
    path = "/v1/version"
    try:
        return wire.load_version(transport.get(path), transport.url(path))
    except NotFoundError:
        return ApiVersion(1, 0)


class VersionGate:
    """Keeps calls from a server that is too old for them. Asks for the version once. Thread-safe."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = ProcessLock()
        self._version: ApiVersion | None = None

    def require(self, call: str, required: ApiVersion) -> None:
        """Return when the server has at least ``required``, else raise ApiVersionError, which names ``call``."""
        with self._lock:
            if self._version is None:
                self._version = read_version(self._transport)
            version = self._version
        if not version.supports(required):
            raise ApiVersionError(
                f"{call} needs API {required}, the server has {version}; nothing was sent. Update eryph to use it.",
                version=str(version),
                required=str(required),
            )
