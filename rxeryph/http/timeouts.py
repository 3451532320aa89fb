"""How long one request may take."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..errors import ConfigurationError

LONGEST = 86400.0
"""Seconds; an operating system cannot wait for ever."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long one request may take, in seconds, each more than 0 and at most a day.

    ``connect`` limits making the connection, TLS and a proxy included, ``read`` each wait for data (default 5 and
    10), and ``total`` the request as a whole, however steadily the answer trickles in (default 60). Looking up a
    host name is up to the operating system, which has limits of its own.

    Raises ConfigurationError.
    """

    connect: float = 5.0
    read: float = 10.0
    total: float = 60.0

    def __post_init__(self) -> None:
        for name in ("connect", "read", "total"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _unusable(f"{name} is {type(value).__name__}, not a number")
            if not (math.isfinite(value) and 0 < value <= LONGEST):
                raise _unusable(f"{name} must be more than 0 and at most {LONGEST:.0f} seconds")

    @classmethod
    def of(cls, timeout: Timeout | None) -> Timeouts:
        """``request_timeout`` in any of its forms. Raises ConfigurationError."""
        if timeout is None:
            return cls()
        if isinstance(timeout, Timeouts):
            return timeout
        pair = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        if len(pair) != 2:
            raise _unusable(f"a tuple is (connect, read), not {len(pair)} values")
        given = cls(*pair)
        return replace(given, total=min(max(given.total, given.connect + given.read), LONGEST))


PATIENT = Timeouts(read=45.0)
"""For a request with ``Patience``: a busy server may hold it for 30 s, and drops it if the connection is closed."""

NOTICE_AFTER = 10.0
"""Seconds without an answer after which a request with ``Patience`` says that it is still waiting."""


@dataclass(slots=True)
class Patience:
    """For one request that is worth a longer wait, because it cannot be sent again.

    Unless the caller chose a ``request_timeout``, its limits are ``PATIENT``. ``notify`` is called when there is no
    answer after ``NOTICE_AFTER`` seconds. ``sent_at`` is when its first byte was sent, by ``time.monotonic``.
    ``check`` is called just before that; if it raises, nothing is sent.
    """

    notify: Callable[[], None]
    sent_at: float | None = None
    check: Callable[[], None] | None = None


Timeout: TypeAlias = float | tuple[float, float] | Timeouts
"""Seconds for ``connect`` and ``read`` alike, or both as a pair; ``total`` is then 60 s, or their sum if longer."""


def _unusable(reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"request_timeout: {reason}. Give seconds, (connect, read) or Timeouts(connect=, read=, total=).",
        member="request_timeout",
    )
