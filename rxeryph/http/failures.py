"""How a request fails: urllib3's exceptions as TransportErrors that say whether the request may have arrived."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from urllib3.exceptions import (
    ConnectTimeoutError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from ..errors import RequestTimeoutError, TransportError


def explain(error: Exception, method: str, url: str) -> TransportError:
    """The error to raise for a request that got no usable reply."""
    place = f"{method} {url.partition('?')[0]}"
    causes = tuple(_causes(error))
    reason = _reason(causes[-1])

    def failed(text: str, *, may_have_arrived: bool = False, is_permanent: bool = False) -> TransportError:
        return TransportError(
            f"{place}: {text}",
            method=method,
            url=url,
            may_have_arrived=may_have_arrived,
            is_permanent=is_permanent,
        )

    def any_is(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if any_is(SSLError, ssl.SSLError):
        return failed(
            f"the server's certificate is not trusted ({reason}). Give verify= a CA file or a Fingerprint, or add"
            " the certificate to the trust store.",
            is_permanent=any_is(ssl.SSLCertVerificationError) or "ingerprint" in reason,
        )
    if any_is(ProxyError):
        return failed(f"the proxy does not answer ({reason}). Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.")
    if any_is(NewConnectionError):  # which is a ConnectTimeoutError too
        return failed(f"cannot connect ({reason}). Is the server running, and is the address right?")
    if any_is(ConnectTimeoutError):
        text = f"{place}: no connection in time. Is the server running, and is the address right?"
        return RequestTimeoutError(text, method=method, url=url, may_have_arrived=False)
    if any_is(ReadTimeoutError, TimeoutError):
        text = f"{place}: no answer in time. A slow server may need a longer request_timeout."
        return RequestTimeoutError(text, method=method, url=url)
    return failed(f"the connection broke before the whole answer had arrived ({reason}).", may_have_arrived=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps, in its reason, its arguments or as its cause, down to the innermost."""
    inner: object = error
    while isinstance(inner, BaseException):
        yield inner
        wrapped = (getattr(inner, "reason", None), *inner.args, inner.__cause__)
        inner = next((part for part in wrapped if isinstance(part, BaseException)), None)


def _reason(error: BaseException) -> str:
    """The few words that matter in the innermost error."""
    text = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split()) or type(error).__name__
