"""How a request fails. Whether it may have arrived depends on when it failed, never on the kind of the error.

``unsent`` is for whatever happens before the first byte of the request is handed to a connection that is ready, and
``unanswered`` for whatever happens from then on.
"""

from __future__ import annotations

import ssl
from http.client import IncompleteRead

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.exceptions import SSLError as FingerprintError  # only raised for a fingerprint that differs

from ..errors import RequestTimeoutError, TransportError
from ..model.text import one_line
from .exchange import Destination, TooLargeError, TooLongError
from .timeouts import Timeouts

_OLD_TLS = ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "VERSION_TOO_LOW")


def unsent(error: Exception, method: str, url: str, destination: Destination) -> TransportError:
    """The error of a connection that never became ready: nothing was sent."""
    place = f"{method} {url.partition('?')[0]}"
    reason = _reason(error)
    proxy = destination.proxy
    is_permanent = False
    if isinstance(error, ssl.SSLCertVerificationError | FingerprintError):
        is_permanent = True
        text = (
            f"the server's certificate is not trusted ({reason}). Give verify= a CA file or a Fingerprint, or add"
            " the certificate to the trust store."
        )
    elif isinstance(error, ssl.SSLError) and error.reason in _OLD_TLS:
        is_permanent = True
        text = f"the server offers no version of TLS from 1.2 on ({reason}). Enable TLS 1.2 or 1.3 there."
    elif isinstance(error, TimeoutError | ConnectTimeoutError) and not isinstance(error, NewConnectionError):
        text = f"{place}: no connection in time. {_advice(destination)}"
        return RequestTimeoutError(text, method=method, url=url, may_have_arrived=False)
    elif isinstance(error, ssl.SSLError):
        text = f"the TLS handshake failed ({reason}). Is this the right port, and is the server still starting?"
    elif proxy is not None:
        text = f"cannot connect through the proxy {proxy.host}:{proxy.port} ({reason}). {_advice(destination)}"
    else:
        text = f"cannot connect ({reason}). {_advice(destination)}"
    return TransportError(
        f"{place}: {text}",
        method=method,
        url=url,
        may_have_arrived=False,
        is_permanent=is_permanent,
        was_refused=isinstance(_cause(error), ConnectionRefusedError),
    )


def unanswered(error: Exception, method: str, url: str, timeouts: Timeouts, largest: int) -> TransportError:
    """The error of a request whose first byte was sent, but whose reply is missing or unusable."""
    place = f"{method} {url.partition('?')[0]}"
    if isinstance(error, IncompleteRead):
        error.partial = b""  # it may hold a token, and the error is kept as a cause
    if isinstance(error, TooLongError):
        text = (
            f"{place}: the answer took longer than {timeouts.total:g} s in all. Give request_timeout a longer total."
        )
        return RequestTimeoutError(text, method=method, url=url)
    if isinstance(error, TimeoutError):
        text = f"{place}: no answer in time ({timeouts.read:g} s). A slow server may need a longer request_timeout."
        return RequestTimeoutError(text, method=method, url=url)
    if isinstance(error, TooLargeError):
        text = f"the reply is larger than {largest // 2**20} MiB. Ask for less, or check what answers there."
    elif isinstance(error, OSError | IncompleteRead):
        text = f"the connection broke before the whole answer had arrived ({_reason(error)})."
    else:
        text = f"the answer is not a proper HTTP reply ({_reason(error)}). Check what answers there."
    return TransportError(f"{place}: {text}", method=method, url=url)


def _advice(destination: Destination) -> str:
    if destination.proxy is not None:
        return "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and whether the server is running."
    return "Is the server running, and is the address right?"


def _reason(error: BaseException) -> str:
    """The few words that matter in an error, in one printable line."""
    error = _cause(error)
    text = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or str(error)
    return one_line(str(text))[:200] or type(error).__name__


def _cause(error: BaseException) -> BaseException:
    """The error of the operating system that urllib3 wraps, or ``error`` itself."""
    while isinstance(error.__cause__, OSError) and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    return error
