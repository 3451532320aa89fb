"""Operations in a journal that other processes fill, for commands that then need no server."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ..errors import ConfigurationError, NotFoundError
from .connection import Connection
from .reporting import say
from .sources import Operations
from .submitting import Asking

if TYPE_CHECKING:
    from ..journal import Journal
    from ..model import Operation
    from ..session import Eryph
    from ..streams import OperationStream
    from .following import Following

AT_ONCE = 500
"""Records that are read at once."""

InJournal = Annotated[
    str | None,
    typer.Option(
        "--journal",
        metavar="URL",
        show_default=False,
        help="Read what others store in this journal, such as nats://broker:4222 or sqlite:///operations.db. It needs"
        " no server and no client.",
    ),
]


class JournaledOperations:
    """The operations in a journal, as those of a server are listed and read."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def list(self) -> tuple[Operation, ...]:
        """As they were when the journal first had something of them, newest first. Reads the whole journal."""
        from ..errors import JournalError
        from ..journal.envelope import RESTORE, UnreadableError
        from ..journal.records import Folded

        found: dict[str, Operation] = {}
        unreadable: dict[str, JournalError] = {}
        position = 0
        while records := self._journal.read(after=position, limit=AT_ONCE):
            position = records[-1].position
            for record in records:
                if record.operation_id not in found:
                    try:
                        folded, _ = Folded(next=record.number).after(record)
                    except UnreadableError as error:
                        unreadable.setdefault(record.operation_id, error.found_in(self._journal, RESTORE))
                        continue
                    if folded.known.operation is not None:
                        found[record.operation_id] = folded.known.operation
        left_out = [error for id, error in unreadable.items() if id not in found]
        if left_out:
            say(f"Operations left out: {len(left_out)}. {left_out[0]}")
        dated = [each for each in found.values() if each.created is not None]
        dated.sort(key=_created, reverse=True)
        return (*dated, *(each for each in found.values() if each.created is None))

    def get(self, operation_id: str, *, expand: Sequence[str] = ()) -> Operation:
        """All that the journal has of an operation. Raises NotFoundError if that is nothing."""
        from ..client.checks import check_id
        from ..journal.operation_log import OperationLog
        from ..outcome import OperationResult

        id = check_id(operation_id, "operation_id")
        log = OperationLog(self._journal, id, OperationResult)
        for _ in log.read():
            pass
        operation = log.known.complete_operation
        if operation is None:
            raise NotFoundError(f"The journal has nothing of operation {id}.", status=404, method="GET", url="")
        return operation


class JournalReader:
    """The operations in ``journal`` as streams and as they are. Close it after use."""

    def __init__(self, journal: Journal) -> None:
        from ..following import follow

        self.operations = JournaledOperations(journal)
        self._follower = follow(journal)
        self.track_all = self._follower.track_all
        self.watch_operations = self._follower.watch_operations

    def track(self, operation_id: str) -> OperationStream:
        """The stream of an operation."""
        return self._follower.track(operation_id)

    def close(self) -> None:
        """End the streams."""
        self._follower.close()


Streams: TypeAlias = "Eryph | JournalReader"


@dataclass(frozen=True)
class Watching(Asking):
    """A server or a journal whose operations are followed."""

    journal: InJournal = None

    @contextmanager
    def streams(self) -> Iterator[Streams]:
        """The operations as streams. Raises ConfigurationError if both a server and a journal are named."""
        if self.journal is None:
            with self.connection.streams() as eryph:
                yield eryph
            return
        with _opened(self.connection, self.journal) as journal, closing(JournalReader(journal)) as reader:
            yield reader

    def track(self, streams: Streams, ids: Iterable[str]) -> list[OperationStream]:
        """The streams of operations. People are shown which of them a journal does not have yet."""
        found = [streams.track(each) for each in ids]
        for each in found:
            if isinstance(streams, JournalReader) and so_far(streams, each.operation_id) is None:
                say(f"The journal has nothing of operation {each.operation_id} yet. Waiting for it.")
        return found

    def following(self, names: Mapping[str, str]) -> Following:
        """What follows operations within the limits."""
        following = super().following(names)
        if self.journal is not None:
            from ..journal.jetstream.address import without_secrets

            following.options = f" --journal {shlex.quote(without_secrets(self.journal))}"
            following.cancels = False
        return following


@contextmanager
def reading(connection: Connection, journal: str | None) -> Iterator[Operations]:
    """The operations of the server, or of a journal if one is named. Raises ConfigurationError for both together."""
    if journal is None:
        with connection.plain() as api:
            yield api.operations
        return
    with _opened(connection, journal) as opened:
        yield JournaledOperations(opened)


def so_far(streams: Streams, operation_id: str) -> Operation | None:
    """An operation as it is now. None if a journal has nothing of it yet. Raises NotFoundError for a server's."""
    try:
        return streams.operations.get(operation_id, expand=("logs", "tasks"))
    except NotFoundError:
        if isinstance(streams, JournalReader):
            return None
        raise


@contextmanager
def _opened(connection: Connection, url: str) -> Iterator[Journal]:
    from ..journal import open as open_journal

    given = connection.arguments()
    if given:
        raise ConfigurationError(
            f"--journal reads a journal and no server, so it has no use for{given}. Leave one or the other out."
        )
    with closing(open_journal(url)) as journal:
        yield journal


def _created(operation: Operation) -> Any:
    return operation.created
