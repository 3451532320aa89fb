"""From bytes to parsed JSON, with an error that names the reply and the place."""

from __future__ import annotations

from ..errors import WireError
from ..reading import read_json


def decoded(text: bytes, url: str | None = None) -> object:
    """The JSON in ``text``. Raises WireError if it is empty, broken, or nested too deeply for Python."""
    try:
        return read_json(text)
    except ValueError as error:
        raise not_json(str(error) if text else "It is empty", len(text), url) from error


def not_json(reason: str, size: int, url: str | None, path: str = "$") -> WireError:
    """The error for ``size`` bytes that are not JSON."""
    where = f" from {url}" if url else ""
    return WireError(
        f"The reply{where} is not JSON at {path}: {reason.rstrip('.')}; got {size} bytes.",
        path=path,
        expected="JSON",
        got=f"{size} bytes",
        url=url,
    )
