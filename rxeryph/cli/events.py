"""``rxeryph events``: print every event in a journal, and keep the position of a consumer behind what was printed."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from typing import Protocol

from ..errors import JournalError
from ..events import (
    AnyEvent,
    LogEntryAdded,
    OperationFinished,
    ProjectAdded,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from ..journal import Journal, JournaledEvent, Record
from ..journal import open as open_journal
from ..journal.access import Access
from ..journal.consumer import AT_ONCE, Consuming, Stories
from ..journal.discovery import last_position, position_before
from ..journal.envelope import UnreadableError
from ..journal.jetstream.address import without_secrets
from ..journal.renewals import AGAIN
from ..model.text import one_line
from ..outcome import OperationResult
from ..polling import threaded_engine
from ..retry import SERVICE_BUDGET, Attempts
from . import exit_codes
from .bell import Bell
from .options import Format
from .output.machines import json_line, yaml_text
from .output.people import clock
from .reporting import say
from .standard_streams import is_reader_gone


class Reading(Protocol):
    """Where the records come from, and who remembers which of them were printed."""

    def acquire(self) -> bool: ...
    def unhandled(self) -> Iterator[tuple[Record, Iterator[JournaledEvent]]]: ...
    def handled(self, record: Record) -> None: ...
    @property
    def is_safe(self) -> bool: ...


class Tail:
    """The records after a position, which is forgotten at the end."""

    is_safe = True

    def __init__(self, journal: Journal, position: int) -> None:
        self._journal = journal
        self._position = position
        self._stories = Stories(journal, OperationResult)

    def acquire(self) -> bool:
        """True: it shares nothing."""
        return True

    def unhandled(self) -> Iterator[tuple[Record, Iterator[JournaledEvent]]]:
        """See ``Consuming``."""
        while records := self._journal.read(after=self._position, limit=AT_ONCE):
            for record in records:
                yield record, self._events(record)

    def _events(self, record: Record) -> Iterator[JournaledEvent]:
        try:
            yield from self._stories.events(record)
        except UnreadableError as error:
            advice = "Restore a copy of the journal, or begin after it: leave --since out, or give a later time."
            raise error.found_in(self._journal, advice) from error.__cause__

    def handled(self, record: Record) -> None:
        """Do not print it again."""
        self._position = record.position


def run_events(url: str, consumer: str | None, since: datetime | None, format: Format) -> int:
    """Print events until a signal comes. Raises JournalError if the journal cannot be opened, or never read again."""
    bell = Bell()
    with ExitStack() as stack:
        journal = stack.enter_context(closing(open_journal(url)))
        engine = threaded_engine(1)
        stack.callback(engine.close)
        reading: Reading
        if consumer is None:
            start = last_position(journal) if since is None else position_before(journal, since)
            reading = Tail(journal, start)
        else:
            reading = consuming = Consuming(Access(journal, engine), consumer)
            stack.callback(_release, consuming)
        if format is Format.TABLE:
            say(f"Waiting for events in {without_secrets(url)}. Press Ctrl-C to stop.")
        stack.enter_context(bell.signals())
        with journal.subscribe(bell.ring):
            _print_all(reading, format, bell)
    return exit_codes.SUCCESS


def _release(consuming: Consuming) -> None:
    with suppress(JournalError):  # then the lease will be over soon
        consuming.release()


def _print_all(reading: Reading, format: Format, bell: Bell) -> None:
    attempts = Attempts(SERVICE_BUDGET, time.monotonic(), random.random)
    while not bell.is_stopped:
        try:
            if reading.acquire():
                _print_unhandled(reading, format, bell)
            attempts.succeeded(time.monotonic())
            if is_reader_gone():  # as of ``| head``, which would wait for the next event
                raise BrokenPipeError
            bell.wait(AGAIN)
        except JournalError as error:
            retry_in = attempts.after(error, time.monotonic())
            if retry_in is None:
                raise
            say(f"{error} Trying again in {retry_in:.1f} s.")
            bell.wait_for_stop(retry_in)


def _print_unhandled(reading: Reading, format: Format, bell: Bell) -> None:
    for record, events in reading.unhandled():
        text = "".join(f"{shown(each, format)}\n" for each in events)
        if bell.is_stopped or not reading.is_safe:
            return
        sys.stdout.write(text)
        sys.stdout.flush()
        reading.handled(record)


def shown(journaled: JournaledEvent, format: Format) -> str:
    """The line of an event, or its document."""
    event = journaled.event
    if format is Format.ID:
        return one_line(journaled.id)
    if format is Format.TABLE:
        beginning = f"{clock(journaled.stored_at)}  {event.operation_id[:8]}  {event.type.value:<12}"
        return f"{beginning}  {one_line(_text(event))}"
    document = {"id": journaled.id, "stored_at": journaled.stored_at.isoformat(), **event.to_dict()}
    return json_line(document) if format is Format.JSON else f"---\n{yaml_text(document)}"


def _text(event: AnyEvent) -> str:
    match event:
        case StatusChanged(status=status):
            return status.value
        case LogEntryAdded(entry=entry):
            return entry.message
        case TaskAdded(task=task) | TaskUpdated(task=task):
            percent = "" if task.percentage is None else f" {task.percentage} %"
            return f"{task.title}: {task.status.value}{percent}"
        case ResourceAdded(resource=resource):
            return f"{resource.resource_type.value} {resource.resource_id}"
        case ProjectAdded(project=project):
            return project.name or project.id
        case OperationFinished(result=result):
            return result.status.value
    return ""
