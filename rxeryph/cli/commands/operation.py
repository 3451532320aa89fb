"""``rxeryph operation``: list, show, watch, wait for, and cancel operations, and print their logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import ApiError, ConfigurationError, RxEryphError
from ...model import OperationStatus
from ...model.text import escaped
from .. import exit_codes
from ..completing import catlet_names, operation_ids
from ..filters import resource_of, status_of
from ..journaled import InJournal, Watching, reading
from ..options import Format, OfProject, OperationArguments
from ..output.nouns import CANCELLATION, OPERATION, Document
from ..output.printing import print_list, print_object
from ..parsing import moment
from ..reading import Reading
from ..reporting import report, say
from ..submitting import Asking, explain, view_of
from ..targets import operations
from ..tree import Verbs

if TYPE_CHECKING:
    from ...events import AnyEvent
    from ...model import Operation
    from ...streams import OperationStream
    from ..journaled import Streams

verbs = Verbs()

Status = Annotated[
    list[str] | None,
    typer.Option(
        "-s",
        "--status",
        metavar="STATUS",
        show_default=False,
        autocompletion=lambda: [each.value for each in OperationStatus],
        help="Only those that are Queued, Running, Completed, Failed or Cancelled; may be repeated, or several with"
        " commas between.",
    ),
]

Resource = Annotated[
    str | None,
    typer.Option(
        "-r",
        "--resource",
        metavar="RESOURCE",
        show_default=False,
        autocompletion=catlet_names,
        help="Only those of a type (Catlet, VirtualDisk, VirtualNetwork), of a resource id, or of the"
        " catlet of this name.",
    ),
]


@verbs
def list_(
    server: Reading,
    status: Status = None,
    project: OfProject = None,
    resource: Resource = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            show_default=False,
            help="Only those created since TIME: 30m, 2h or 3d ago, or 2026-01-31T15:00.",
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option("-n", "--top", min=1, metavar="N", show_default=False, help="At most N, the newest.")
    ] = None,
) -> int:
    """List the operations of the last 30 days, newest first.

    Examples:
      rxeryph operation list --status Running
      rxeryph operation list --resource web --since 2h
      rxeryph operation list --top 1 -o id
    """
    statuses = [status_of(each.strip()) for given in status or () for each in given.split(",")]
    with server.connection.plain() as api:
        kind, resource_id = resource_of(api, resource)
        found = api.operations.list(
            expand=("tasks", "projects", "resources"),
            status=statuses or None,
            project=project,
            resource_type=kind,
            since=None if since is None else moment(since, "--since"),
            top=None if resource_id else top,
        )
        if project is not None and not found:
            api.projects.get(project)  # raises NotFoundError for a misspelt name
    if resource_id:
        found = tuple(each for each in found if any(resource_id == part.resource_id for part in each.resources))[:top]
    print_list(found, OPERATION, server.format)
    return exit_codes.SUCCESS


@verbs
def show(server: Reading, ids: OperationArguments, journal: InJournal = None) -> int:
    """Show operations: their tasks, resources and results, and why they failed."""
    from ...outcome import Report

    with reading(server.connection, journal) as known:
        found = [known.get(each) for each in operations(known, ids)]
    reports = {each.id: list(Report(each).lines(None)) for each in found}

    def details(document: Document) -> Iterable[str]:
        return reports[document["id"]]

    print_object(found, OPERATION, server.format, details)
    return exit_codes.SUCCESS


@verbs
def watch(
    server: Watching,
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="OPERATION",
            autocompletion=operation_ids,
            show_default=False,
            help="Ids of operations, or the first characters of them; @newest for the newest one; - for stdin.",
        ),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", "-a", help="Watch everything that runs, and what is started later, until Ctrl-C.")
    ] = False,
) -> int:
    """Watch operations to their end, with their log lines.

    The exit code is that of the worst outcome.

    Examples:
      rxeryph watch @newest
      rxeryph watch 0d9c5f 7b21
      rxeryph watch --all
      rxeryph watch --all --journal nats://broker:4222
    """
    if all_ and ids:
        raise ConfigurationError("--all watches every operation. Leave the ids out, or --all.")
    if not (all_ or ids):
        raise ConfigurationError("Give the ids of operations (or their first characters, or @newest), or --all.")
    with server.streams() as source:
        if all_:
            return _watch_all(source, server)
        streams = server.track(source, operations(source.operations, ids or []))
        return server.follow(source, streams, {each.operation_id: each.operation_id[:8] for each in streams})


@verbs
def wait(server: Asking, ids: OperationArguments) -> int:
    """Wait for operations without showing them, and print how each ended.

    The exit code is that of the worst outcome: 0 only if all have completed.

    Examples:
      rxeryph operation wait 0d9c5f 7b21 --timeout 10m
      rxeryph operation list --status Running -o id | rxeryph operation wait -
    """
    with server.connection.streams() as eryph:
        found = operations(eryph.operations, ids)
        following = server.following({each: each[:8] for each in found})
        code = following.follow(eryph.track_all(found), view_of({}, Format.ID))
    ended = [following.results[each].operation for each in found if each in following.results]
    print_list(ended, OPERATION, server.format, empty="None has ended.")
    if server.format in (Format.TABLE, Format.ID):
        explain(following.results)
    return code


@verbs
def logs(
    server: Watching,
    ids: OperationArguments,
    is_followed: Annotated[
        bool, typer.Option("-f", "--follow", help="Print new lines as they come, until the operations have ended.")
    ] = False,
    tail: Annotated[
        int | None, typer.Option("--tail", min=0, metavar="N", show_default=False, help="Only the last N lines.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", show_default=False, help="Only lines since TIME, such as 10m ago."),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            metavar="NAME",
            show_default=False,
            help="Only lines of tasks whose name or title contains NAME, and of the tasks below them.",
        ),
    ] = None,
) -> int:
    """Print the log lines of operations, and nothing else.

    Examples:
      rxeryph operation logs @newest --tail 20
      rxeryph operation logs -f 0d9c5f
      rxeryph operation logs 0d9c5f --task "Prepare gene"
    """
    from ..logs import Lines

    lines = Lines(
        server.format, None if since is None else moment(since, "--since"), task, tail, several=len(ids) > 1
    )
    if is_followed:
        with server.streams() as source:
            return lines.follow(source, server, server.track(source, operations(source.operations, ids)))
    with reading(server.connection, server.journal) as known:
        for each in operations(known, ids):
            operation = known.get(each, expand=("logs", "tasks"))
            if not lines.print(operation) and server.format is Format.TABLE:
                say(f"Operation {each} has no {'such ' if operation.log_entries else ''}log lines.")
    return exit_codes.SUCCESS


@verbs
def cancel(server: Reading, ids: OperationArguments) -> int:
    """Request the server to cancel operations.

    It is a request: only the preparation of genes heeds it today, and the server does not remember it. The operation
    may run to its end all the same. Watch it to see what happens.

    The exit code is 2 if an operation has ended already. Nothing is sent for it.
    """
    refused: list[RxEryphError] = []
    with server.connection.plain() as api:
        known = [api.operations.get(each, expand=()) for each in operations(api.operations, ids)]
        requests = []
        for each in known:
            if each.status.is_terminal:
                refused.append(_ended(each))
                continue
            try:
                requests.append(api.operations.cancel(each.id))
            except RxEryphError as error:
                refused.append(error)
                if not isinstance(error, ApiError):
                    break
    if requests and server.format is not Format.TABLE:
        print_object(requests, CANCELLATION, server.format)
    elif requests:
        for request in requests:
            print(escaped(f"The server took the request to cancel operation {request.operation_id}."), flush=True)
        say(
            "Only the preparation of genes heeds it today, and the server does not remember it; if a gene is prepared"
            " later, request it again."
        )
        running = " ".join(each.operation_id for each in requests)
        say(f"To see what happens, run: rxeryph watch {running}{server.connection.arguments()}")
    options, as_json = server.connection.arguments(), server.format is Format.JSON
    return exit_codes.worst([report(each, as_json=as_json, options=options) for each in refused])


def _ended(operation: Operation) -> ConfigurationError:
    error = ConfigurationError(
        f"Operation {operation.id} is {operation.status.value} already, so there is nothing to cancel."
    )
    error.operation_id = operation.id
    return error


def _watch_all(source: Streams, server: Watching) -> int:
    from reactivex import Observable, operators

    def tracked(stream: OperationStream) -> Observable[AnyEvent]:
        return source.track_all([stream])

    if server.format is Format.TABLE:
        say("Watching all operations. Press Ctrl-C to stop.")
    found = source.watch_operations(include_running=True)
    following = server.following({})
    following.continues = False
    return following.follow(found.pipe(operators.flat_map(tracked)), view_of({}, server.format, following.options))
