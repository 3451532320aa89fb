"""When a request is sent again. This is the whole policy; everything that retries asks this module.

* **What is transient.** No usable reply (unless the cause is permanent, such as an untrusted certificate), a reply
  that does not fit the model, and the statuses 408, 421, 425, 429 and 5xx, from eryph and from its identity provider
  alike, and a journal that cannot be used now. Any other error ends the call or the stream at once.
* **Which requests are sent again.** Polls and single reads, after a transient failure. (A single read does not ask
  again for a reply that does not fit the model: the next one would not fit either.) Submits, only when the server
  certainly did not act on them: the request never arrived, or the server refused it (421, 425, 429, 503).
  Everything else (cancelling, validating, changing a client of the identity API) is sent once.
* **When a submit may have been carried out.** After any other transient failure, the operation is looked for by its
  correlation id, within ``LOOK_UP``, or longer if no answer came in time (``LOOK_UP_UNANSWERED``). If it is not
  found, an error that the server itself explained (with a problem document) is raised; everything else becomes
  ``SubmissionUnknownError``.
* **How often.** Until the ``ErrorBudget`` is spent: so many failures in a row, or so many seconds since the last
  success. A success starts the budget over, and seconds in which no one waits for an answer do not count. Polls use
  ``POLL_BUDGET``, other requests ``REQUEST_BUDGET``.
* **How long to wait.** Twice as long after each failure, less a random part of up to a half, and never past the end
  of the budget. If the server sends ``Retry-After``, the wait is at least that long. If it asks for more than is
  left of the budget, the call or stream ends at once, and its error carries ``retry_after``.
* **After a refused connection** the next attempt comes within ``REFUSED_WAIT``, so that a server's return is noticed
  soon; no one is there to be disturbed. If it is refused again before the usual wait is over, it does not count:
  a server may be away for as long as after any other failure.
  Commands do not wait for a server that has not answered them yet: there such an error is permanent.
* **What does not count.** Renewing a token after a 401, and finding a server that has moved, are not retries: each
  happens at most once per request.
"""

from __future__ import annotations

import math
import random as chance
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from .arguments import check_number
from .errors import ApiError, JournalError, TransportError, WireError

LONGEST_RETRY_AFTER = 7 * 86400.0
"""Seconds; a ``Retry-After`` beyond a week is a mistake of the server, and ignored."""


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """How many failures in a row, and for how long, before it counts as an error.

    The budget is spent when either limit is reached. ``attempts`` counts failures in a row (default 10,
    at least 1), ``seconds`` the time since the last success (default 120.0, at least 0). Between
    attempts the wait doubles from ``first`` (0.5 s) up to ``maximum`` (30 s), less a
    random part of up to a half so that many clients do not come back at once.
    """

    attempts: int = 10
    seconds: float = 120.0
    first: float = 0.5
    maximum: float = 30.0

    def __post_init__(self) -> None:
        check_number(self.attempts, "attempts must be at least 1", least=1, is_whole=True)
        for name in ("seconds", "first", "maximum"):
            check_number(getattr(self, name), f"{name} must be a number of seconds", is_finite=False)
        if not (self.seconds >= 0 and 0 < self.first <= self.maximum):  # this way round, because of NaN
            raise ValueError("need seconds >= 0 and 0 < first <= maximum")

    def is_spent(self, failures: int, silent_for: float) -> bool:
        """True when no attempt is due after ``failures`` in a row over ``silent_for`` seconds."""
        return failures >= self.attempts or silent_for >= self.seconds

    def delay(self, failures: int, random: Callable[[], float]) -> float:
        """Seconds to wait after the ``failures``-th failure; ``random`` gives numbers in [0, 1)."""
        ceiling = min(self.maximum, self.first * 2.0 ** min(failures - 1, 30))
        return ceiling * (0.5 + 0.5 * random())


POLL_BUDGET = ErrorBudget()
"""How long polls may fail in a row unless the caller says otherwise."""

REQUEST_BUDGET = ErrorBudget(attempts=4, seconds=15.0)
"""How long a single request is tried unless the caller says otherwise: a person waits for it."""

SERVICE_BUDGET = ErrorBudget(attempts=sys.maxsize, seconds=math.inf)
"""How long a service tries: for ever."""

LOOK_UP = ErrorBudget(attempts=100, seconds=5.0, first=0.2, maximum=2.0)
"""How long an operation is looked for after its submit got no usable answer."""

LOOK_UP_UNANSWERED = 35.0
"""Seconds after a submit was sent in which its operation is looked for at least, if no answer came in time: a busy
server may hold the request for 30 s before it carries it out."""


REFUSED_WAIT = 5.0
"""Seconds between attempts at most, while connections are refused."""


class Attempts:
    """The failures in a row of one request or one poll loop. Not thread-safe.

    ``now`` is in seconds, on any one clock that never runs backwards.
    """

    def __init__(self, budget: ErrorBudget, now: float, random: Callable[[], float] = chance.random) -> None:
        self.budget = budget
        self.failures = 0
        """How many attempts have failed since the last success."""
        self._random = random
        self._good_at = now
        self._counted = 0  # of the failures, those that count against the budget
        self._rest = 0.0  # of the usual wait after the last of them, what remains after the attempt under way

    def silent_for(self, now: float) -> float:
        """Seconds since the last success, or since the beginning."""
        return now - self._good_at

    def succeeded(self, now: float) -> None:
        """Start the budget over after a success."""
        self.failures = self._counted = 0
        self._rest = 0.0
        self._good_at = now

    def resumed(self, now: float) -> None:
        """Forget the seconds until now, in which no one waited for an answer, but not the failures."""
        self._good_at = now

    def after(self, error: Exception, now: float) -> float | None:
        """Count a failure; seconds until the next attempt, or None if there should be none."""
        self.failures += 1
        if not is_transient(error):
            return None
        is_refused = isinstance(error, TransportError) and error.was_refused
        return self._wait(now, retry_after(error), is_refused=is_refused)

    def again(self, now: float) -> float | None:
        """The same for an attempt without an error: what was looked for is not there yet."""
        self.failures += 1
        return self._wait(now, None)

    def _wait(self, now: float, asked_for: float | None, *, is_refused: bool = False) -> float | None:
        usual = self._rest
        if not (is_refused and usual):
            self._counted += 1
            usual = self.budget.delay(self._counted, self._random)
        if self.budget.is_spent(self._counted, self.silent_for(now)):
            return None
        left = self.budget.seconds - self.silent_for(now)
        if asked_for is not None and asked_for > left:
            return None
        usual = min(usual, left)
        wait = min(usual, REFUSED_WAIT) if is_refused else usual
        self._rest = usual - wait
        return max(wait, asked_for or 0.0)


def is_transient_status(status: int) -> bool:
    """True for a reply after which the same request may succeed."""
    return status >= 500 or status in (408, 421, 425, 429)


def is_transient(error: Exception) -> bool:
    """True when asking again may help."""
    if isinstance(error, TransportError | JournalError):
        return not error.is_permanent
    if isinstance(error, ApiError):
        return is_transient_status(error.status)
    return isinstance(error, WireError)


def is_safe_to_repeat(error: Exception) -> bool:
    """True when the server certainly did not act on the request, so that even a change may be sent again."""
    if isinstance(error, TransportError):
        return not error.may_have_arrived
    return isinstance(error, ApiError) and error.status in (421, 425, 429, 503)


def may_have_been_done(error: Exception) -> bool:
    """True when the server may have carried out the request that ended with ``error``."""
    if isinstance(error, TransportError):
        return error.may_have_arrived
    return is_transient(error) and not is_safe_to_repeat(error)


def is_explained(error: Exception) -> bool:
    """True when the server itself, and not something in front of it, says what went wrong."""
    return isinstance(error, ApiError) and bool(error.title or error.detail)


def retry_after(error: Exception) -> float | None:
    """Seconds the server asked to wait, None if it did not."""
    return error.retry_after if isinstance(error, ApiError | TransportError) else None


def read_retry_after(text: str | None, date: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header: a number, or an HTTP date relative to the reply's own ``date``.

    None for anything else, and for what is negative or longer than a week. This machine's clock plays no part.
    """
    text = (text or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        seconds = float(text)
    else:
        try:
            seconds = (parsedate_to_datetime(text) - parsedate_to_datetime(date or "")).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
    return seconds if 0.0 <= seconds <= LONGEST_RETRY_AFTER else None
