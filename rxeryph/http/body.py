"""The body of a reply: read to its end, never more than a limit, compressed or not."""

from __future__ import annotations

import zlib
from http.client import HTTPResponse

from .chunks import read_chunks
from .exchange import TooLargeError


def read_body(response: HTTPResponse, largest: int) -> bytes:
    """The whole body, decoded. Raises TooLargeError, and ValueError for an encoding that was not asked for."""
    if response.chunked and response.fp is not None:
        body = read_chunks(response.fp, largest)
        response.close()  # else it would wait for its chunks
    elif response.length is None:
        body = response.read(largest + 1)
    elif response.length > largest:
        raise TooLargeError
    else:
        body = response.read()
    if len(body) > largest:
        raise TooLargeError
    encoding = response.headers.get("Content-Encoding")
    return body if encoding is None else _decode(body, encoding.strip().lower(), largest)


def _decode(body: bytes, encoding: str, largest: int) -> bytes:
    """The content of a body that a server compressed although it was asked not to."""
    if encoding in ("", "identity") or not body:
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"it has the encoding {encoding!r}, which was not asked for")
    inflating = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out by itself which of them it is
    content = inflating.decompress(body, largest + 1)
    if len(content) > largest:
        raise TooLargeError
    if not inflating.eof:
        raise ValueError("its compressed content is cut off")
    return content
