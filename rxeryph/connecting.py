"""``connect()``. What it needs is loaded when it is called: a script that may not need eryph starts fast."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Transport
    from .http import Timeout, Verify
    from .journal import Journal
    from .journal.journaling import Journaling
    from .polling import Batching, Engine, PollingPolicy, PollingSettings
    from .retry import ErrorBudget
    from .session import Eryph


def connect(
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
    polling: PollingPolicy | None = None,
    settle: float | None = None,
    error_budget: ErrorBudget | None = None,
    request_timeout: Timeout | None = None,
    workers: int = 8,
    batching: Batching | str = "automatic",
    journal: Journal | str | None = None,
    verify: Verify = True,
    allow_http: bool = False,
) -> Eryph:
    """Connect to an eryph server. Sends nothing until the first call.

    Arguments that are not given are looked for in environment variables, then in the configurations that all eryph
    clients share, and in the lock file of a server on this machine. A server found that way is looked up again when
    it cannot be reached, even while streams run: eryph-zero takes a new port at every start.

    Args:
        configuration: Name of a configuration. None: ``default``, ``zero`` (on Windows) and ``local`` in turn.
        client_id: The client to authenticate as, with ``private_key`` (PEM text or path) or ``client_secret``;
            without them its key is looked for in the stores.
        endpoint: Base URL with identity and compute below it, or ``identity_endpoint`` and ``compute_endpoint``.
        issuer: The issuer of the identity provider if that has another origin, as behind some reverse proxies.
        scopes: Scopes to ask for. None: all the client has.
        polling: When to ask again, see ``rxeryph.polling``. None: ``activity()``.
        settle: Seconds from the end of an operation to the last look for late log entries, at least 0. A look
            that finds some is followed by another, up to five times as long in all. None: 1 s.
        error_budget: How long polls and requests may fail in a row. None: 10 polls or 120 s, and 4 tries
            or 15 s for a single request.
        request_timeout: Seconds for one request, (connect, read), or ``Timeouts``. None: 5 s and 10 s, 60 s in all.
        workers: How many threads may make requests at the same time, at least 1.
        batching: Whether polls that fall due together are answered by one list of all operations: ``"automatic"``,
            where it costs less than one request each, ``"never"`` or ``"always"``.
        journal: A journal that keeps what is seen of operations, such as ``journal.SqliteJournal("operations.db")``,
            which the caller closes, or its URL, ``"sqlite:///operations.db"``. None: the URL in ``RXERYPH_JOURNAL``,
            else no journal. An empty string: no journal.
        verify: True for the operating system's trust store, the path of a CA file, a ``Fingerprint``, or
            False, which warns.
        allow_http: Allow plain http to other machines than this one.

    Raises ConfigurationError for an argument or file that cannot be used, and CredentialsNotFoundError, which lists
    every place tried, when they do not say enough.

    Long because it names and explains each of its arguments.
    """
    from .client import ConnectionSettings
    from .errors import ConfigurationError
    from .polling import Batching, PollingSettings, activity
    from .retry import POLL_BUDGET
    from .tracking import Settling

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
        workers=workers,
        verify=verify,
        allow_http=allow_http,
    )
    try:
        settling = Settling() if settle is None else Settling.of(settle)
    except ValueError as error:
        message = f"settle must be a finite number of seconds from 0, not {settle}."
        raise ConfigurationError(message, member="settle") from error
    if batching not in list(Batching):
        message = f"batching must be one of {', '.join(Batching)}, not {batching!r}."
        raise ConfigurationError(message, member="batching")
    if polling is not None and not callable(polling):
        message = "polling must be a function from PollContext to seconds, such as polling.fixed(2)."
        raise ConfigurationError(message, member="polling")
    polls = PollingSettings(polling or activity(), error_budget or POLL_BUDGET, settling)
    return over(settings.open(), polls, workers, Batching(batching), journal)


def over(
    transport: Transport,
    polls: PollingSettings | None = None,
    workers: int = 8,
    batching: Batching | None = None,
    journal: Journal | str | None = None,
) -> Eryph:
    """The connection that ``connect`` returns, over a transport that is open. None: as ``connect`` does it."""
    from .polling import Batching, Chooser, PollingSettings, threaded_engine
    from .session import Eryph

    polls = polls or PollingSettings()
    chooser = Chooser(batching or Batching.AUTOMATIC, workers)
    engine = threaded_engine(workers)
    return Eryph(transport, engine, polls, chooser, _journaling(journal, engine, polls))


def journal_in_environment() -> str:
    """The URL of the journal that ``RXERYPH_JOURNAL`` names, "" if there is none."""
    return os.environ.get("RXERYPH_JOURNAL", "")


def _journaling(journal: Journal | str | None, engine: Engine, polls: PollingSettings) -> Journaling | None:
    """The journal of a connection, or that of the environment; None if there is none."""
    given = journal_in_environment() if journal is None else journal
    if given == "":
        return None
    from .errors import ConfigurationError
    from .journal.journaling import Journaling

    try:
        return Journaling(given, engine, polls)
    except ConfigurationError as error:
        if journal is not None:
            raise
        raise ConfigurationError(f"RXERYPH_JOURNAL: {error}", place="RXERYPH_JOURNAL", member="journal") from error
