"""Submit changes and follow the operations that they become."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import typer

from ..errors import ApiError, ConfigurationError, RxEryphError
from ..model.text import one_line
from . import exit_codes
from .connection import Connection
from .options import Format, Identity, Limits, Output, Waiting
from .reporting import report, report_closed_pipe, report_stop, report_unwritable, say

if TYPE_CHECKING:
    from ..client import Groups
    from ..outcome import OperationResult
    from ..session import Eryph
    from ..streams import OperationStream
    from .following import Following
    from .sources import Source
    from .view import View

Call = Callable[["Groups[Any]", str], Any]
"""Submits one change about a target, and returns its operation or the stream of it."""

Find = Callable[["Groups[Any]", str], str]
"""The id of a target. Raises NotFoundError, and what else a wrong name is refused with."""


@dataclass(frozen=True)
class Asking:
    """A server whose operations are followed, how long, and how to print what they show."""

    connection: Connection
    limits: Limits
    output: Output

    @property
    def format(self) -> Format:
        """How to print."""
        return self.output.format

    def follow(self, source: Source, streams: Sequence[OperationStream], names: Mapping[str, str]) -> int:
        """Follow operations together to the end of the last one, and return the worst exit code."""
        following = self.following(names)
        code = following.follow(source.track_all(streams), view_of(names, self.format, following.options))
        if self.format is Format.ID:
            explain(following.results)
        return code

    def following(self, names: Mapping[str, str]) -> Following:
        """What follows operations within the limits."""
        from .following import Following

        limits, as_json = self.limits, self.format is Format.JSON
        return Following(dict(names), self.connection.arguments(), limits.timeout, limits.stalled, as_json)

    def answer(
        self, name: str, call: Callable[[Eryph], OperationStream], show: Callable[[OperationResult], None]
    ) -> int:
        """Submit ``call``, whose operation has a result, and print the result with ``show`` when it has succeeded.

        Progress is shown only to a person who sees it before the result; the id is never part of the result, and the
        only output with ``-o id``.
        """
        is_seen = self.format is Format.TABLE and sys.stdout.isatty()
        as_json = self.format is Format.JSON
        with self.connection.streams() as eryph:
            stream = call(eryph)
            names = {stream.operation_id: name}
            if is_seen or self.format is Format.ID:
                print(stream.operation_id, flush=True)
            elif not as_json:
                say(f"Operation {stream.operation_id}")
            following = self.following(names)
            view = view_of(names, Format.TABLE if is_seen else Format.ID, following.options)
            code = following.follow(eryph.track_all([stream]), view)
            result = following.results.get(stream.operation_id)
            if result is None or not result.succeeded:
                if not is_seen:
                    explain(following.results, as_json=as_json)
                return code
            if is_seen:
                print()
            if self.format is not Format.ID:
                show(result)
        return code


@dataclass(frozen=True)
class Changing:
    """A server to change, whether to follow the operations, and how to print what they show."""

    connection: Connection
    waiting: Waiting
    output: Output

    @property
    def format(self) -> Format:
        """How to print."""
        return self.output.format

    @property
    def asking(self) -> Asking:
        """The same for an operation that has a result, which is always waited for."""
        return Asking(self.connection, self.waiting, self.output)

    def submit(
        self, targets: Iterable[str], call: Call, identity: Identity | None = None, *, find: Find | None = None
    ) -> int:
        """Submit ``call`` for each target, print the ids, and follow the operations together.

        If there are several, all are looked up by ``find`` first, and nothing is submitted if one is wrong. After
        that, one that the server refuses does not stop the others; a server that is not reached does. ``identity``
        has the id that a single operation will have, for an interruption before the server has answered.
        """
        names: dict[str, str] = {}
        streams: list[Any] = []
        codes: list[int] = []
        is_plain = self.waiting.no_wait and (identity is None or identity.once is None)  # a journal is for streams
        with self.connection.plain() if is_plain else self.connection.streams() as api:
            wanted = {each: each for each in targets}
            if find is not None and len(wanted) > 1:
                wanted, codes = self._look_up(api, wanted, find)
            with self._leaving(names, "" if identity is None else identity.operation_id):
                for found, target in wanted.items():
                    try:
                        submitted = call(api, found)
                    except RxEryphError as error:
                        codes.append(self._report(error))
                        if not isinstance(error, ApiError):
                            break
                        continue
                    operation_id = submitted.id if is_plain else submitted.operation_id
                    names[operation_id] = target
                    streams.append(submitted)
                    _print_id(operation_id, target, self.output.format)
            if streams and not self.waiting.no_wait:
                codes.append(self.asking.follow(cast("Eryph", api), streams, names))
        return exit_codes.worst(codes)

    def _look_up(self, api: Groups[Any], targets: Iterable[str], find: Find) -> tuple[dict[str, str], list[int]]:
        """The targets by their ids; or none, and the exit codes of those that are wrong."""
        found: dict[str, str] = {}
        codes: list[int] = []
        for target in targets:
            try:
                found.setdefault(find(api, target), target)
            except RxEryphError as error:
                codes.append(self._report(error))
                if not isinstance(error, ApiError | ConfigurationError):
                    break
        return ({} if codes else found), codes

    @contextmanager
    def _leaving(self, names: Mapping[str, str], known_id: str) -> Iterator[None]:
        """Say what may run on the server if submitting is interrupted, or the reader of the ids is gone."""
        try:
            yield
        except (KeyboardInterrupt, OSError) as reason:
            known = [each for each in dict.fromkeys([*names, known_id]) if each]
            command = f"watch {' '.join(known)}" if known else "operation list --top 5"
            advice = f"To see what runs, run: rxeryph {command}{self.connection.arguments()}"
            as_json = self.output.format is Format.JSON
            if isinstance(reason, BrokenPipeError):
                report_closed_pipe(known, advice, as_json=as_json)
                raise
            if isinstance(reason, OSError):
                raise typer.Exit(
                    report_unwritable(reason, as_json=as_json, advice=advice, operation_ids=known)
                ) from None
            message = "Interrupted while a request was being sent; the server may have carried it out."
            report_stop(message, exit_codes.INTERRUPTED, known, advice, as_json=as_json)
            raise typer.Exit(exit_codes.INTERRUPTED) from None

    def _report(self, error: RxEryphError) -> int:
        is_json = self.output.format is Format.JSON
        return report(error, as_json=is_json, options=self.connection.arguments())


def view_of(names: Mapping[str, str], format: Format, options: str = "") -> View:
    """How events are shown in a format. ``options`` are those of the connection, for advised commands."""
    from .output.events import documents
    from .view import make_view

    if format is not Format.TABLE:
        return documents(names, format)
    return make_view(names, options=options)


def _print_id(operation_id: str, name: str, format: Format) -> None:
    if format in (Format.TABLE, Format.ID):
        print(one_line(operation_id), flush=True)
    else:
        from .output.events import documents

        documents({}, format).write({"type": "submitted", "operation_id": operation_id, "name": name})


def explain(results: Mapping[str, OperationResult], *, as_json: bool = False) -> None:
    """Say on stderr why operations did not succeed, where no view has shown it."""
    for result in results.values():
        try:
            result.raise_for_status()
        except RxEryphError as error:
            report(error, as_json=as_json)
