"""``rxeryph relay`` and ``rxeryph events``: what is seen of operations, for readers in other processes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from ...errors import ConfigurationError
from ..connection import Connection
from ..options import Journal, Output, journal_of
from ..parsing import moment, seconds_of
from ..tree import Verbs

verbs = Verbs()


@verbs
def relay(
    connection: Connection,
    journal: Journal = None,
    keep: Annotated[
        float | None,
        typer.Option(
            "--keep",
            metavar="TIME",
            parser=seconds_of("--keep"),
            show_default=False,
            help="Delete operations that had no news for TIME, such as 30d. Default: none.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print documents on stdout, one on each line.")] = False,
) -> int:
    """Poll every operation that the client may see into a journal, until it is stopped.

    Start two, on different machines, and each operation is polled by one of them. When one is stopped, the other
    polls on at once; when it is killed or cut off, within 11 seconds.

    Examples:
      rxeryph relay --journal nats://broker:4222
      rxeryph relay --journal sqlite:///operations.db --keep 30d
    """
    from ..relay import run_relay

    return run_relay(connection, _url(journal), None if keep is None else timedelta(seconds=keep), as_json=as_json)


@verbs
def events(
    output: Output,
    journal: Journal = None,
    consumer: Annotated[
        str | None,
        typer.Option(
            "--consumer",
            metavar="NAME",
            show_default=False,
            help="Begin where the last command with this NAME stopped; the first one begins with the oldest event.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            show_default=False,
            help="Begin with what was stored since TIME, such as 10m ago. Default: now.",
        ),
    ] = None,
) -> int:
    """Print every event of all operations in a journal, and then each new one, until it is stopped.

    It needs no server. With --consumer, an event that was printed is not printed again by the next command, and one
    that was not written is.

    Examples:
      rxeryph events --journal nats://broker:4222 --since 1h
      rxeryph events --journal nats://broker:4222 --consumer billing --json
    """
    from ..events import run_events

    if consumer is not None and since is not None:
        raise ConfigurationError("--consumer keeps its own position. Leave --since out, or --consumer.")
    if consumer == "":
        raise ConfigurationError("--consumer needs a name.")
    return run_events(_url(journal), consumer, None if since is None else moment(since, "--since"), output.format)


def _url(given: str | None) -> str:
    url = journal_of(given)
    if not url:
        raise ConfigurationError(
            "Name the journal with --journal, such as sqlite:///operations.db, or in RXERYPH_JOURNAL."
        )
    return url
