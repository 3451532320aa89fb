"""Which version of the compute API the server speaks."""

from __future__ import annotations

from ..errors import NotFoundError
from ..model import ApiVersion
from ..wire import load_version
from .transport import Transport


def read_version(transport: Transport) -> ApiVersion:
    """The server's version; a server without the version endpoint is 1.0."""
    path = "/v1/version"
    try:
        return load_version(transport.get(path), transport.url(path))
    except NotFoundError:
        return ApiVersion(1, 0)
