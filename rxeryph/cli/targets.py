"""What a command is about, as people name it: ids, their first characters, ``@newest``, and ``-`` for stdin."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from ..errors import ConfigurationError, NotFoundError
from ..reading import LARGEST_FILE
from . import exit_codes
from .reporting import say

if TYPE_CHECKING:
    from ..client import Groups
    from ..model import Operation
    from .sources import Operations

NEWEST = "@newest"
STDIN = "-"
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


def names(given: Iterable[str]) -> list[str]:
    """The names or ids, each once; ``-`` stands for those on stdin, one at the start of each line.

    If stdin has none, the command ends here with success, as after ``operation list -o id`` that found nothing.
    """
    found: list[str] = []
    for each in given:
        found += [line.split()[0] for line in read_stdin().splitlines() if line.strip()] if each == STDIN else [each]
    if not found:
        if sys.stderr.isatty():
            say("stdin has no names or ids, so there is nothing to do.")
        raise typer.Exit(exit_codes.SUCCESS)
    return list(dict.fromkeys(found))


def operations(known: Operations, given: Iterable[str]) -> list[str]:
    """The ids of operations.

    A whole id costs no request; all others together cost one. Raises ConfigurationError for what several operations
    begin with, and NotFoundError for what none does.
    """
    wanted = names(given)
    if all(_ID.fullmatch(each) for each in wanted):
        return wanted
    found = known.list()
    return list(dict.fromkeys(each if _ID.fullmatch(each) else _chosen(found, each) for each in wanted))


def _chosen(known: tuple[Operation, ...], given: str) -> str:
    if given == NEWEST:
        if not known:
            raise _missing("There is no operation.")
        if known[0].created is None:
            raise ConfigurationError(
                f"{NEWEST} needs API 1.2: older servers do not report when an operation was created."
            )
        return known[0].id
    if not re.fullmatch(r"[0-9a-fA-F-]+", given):
        raise ConfigurationError(f"{given!r} is neither the id of an operation, nor the start of one, nor {NEWEST}.")
    found = [each.id for each in known if each.id.startswith(given.lower())]
    if len(found) == 1:
        return found[0]
    if not found:
        raise _missing(f"No operation has an id that begins with {given!r}, among the {len(known)} that are known.")
    shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    raise ConfigurationError(f"{given!r} is the start of {len(found)} ids: {shown}. Give more characters.")


def catlet_in(project: str | None) -> Callable[[Groups[Any], str], str]:
    """What finds the id of a catlet that is to be changed. It refuses a pattern that could mean the wrong catlet."""

    def find(api: Groups[Any], given: str) -> str:
        _check_no_pattern(given, project)
        return str(api.catlets.get(given, project=project).id)

    return find


def disk_in(project: str | None) -> Callable[[Groups[Any], str], str]:
    """The same for a disk."""

    def find(api: Groups[Any], given: str) -> str:
        _check_no_pattern(given, project)
        return str(api.virtual_disks.get(given, project=project).id)

    return find


def project_id(api: Groups[Any], given: str) -> str:
    """The id of a project that is to be changed."""
    _check_no_pattern(given, None)
    return str(api.projects.get(given).id)


def client_id(api: Groups[Any], given: str) -> str:
    """The id of a client, whose name may be in any letter case.

    Raises ConfigurationError for the name of several clients, and NotFoundError for that of none.
    """
    return _named(api.clients.list(), given, "client")


def spec_id(api: Groups[Any], given: str) -> str:
    """The id of a specification, as ``client_id``; an id costs no request."""
    return given if _ID.fullmatch(given) else _named(api.catlet_specifications.list(), given, "spec")


def _named(known: Sequence[Any], given: str, noun: str) -> str:
    if any(each.id == given for each in known):
        return given
    named = [str(each.id) for each in known if each.name.casefold() == given.casefold()]
    if len(named) > 1:
        raise ConfigurationError(f"{given!r} is the name of {len(named)} {noun}s: {', '.join(named)}. Give the id.")
    if not named:
        raise _missing(f"No {noun} has the name or id {given!r}, among {len(known)}. See: rxeryph {noun} list")
    return named[0]


def _check_no_pattern(given: str, project: str | None) -> None:
    if project is None and ("*" in given or "?" in given):
        raise ConfigurationError(f"{given!r} is a pattern, which is not enough to change something. Give its name.")


def _missing(message: str) -> NotFoundError:
    return NotFoundError(message, status=404, method="GET", url="")


def read_stdin() -> str:
    """Everything on stdin, without a byte order mark. Raises ConfigurationError if it is not UTF-8, or too much."""
    try:
        text = sys.stdin.read(LARGEST_FILE + 1).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"stdin is not UTF-8 at byte {error.start}.", place="stdin") from None
    if len(text) > LARGEST_FILE:
        raise ConfigurationError(f"stdin is larger than {LARGEST_FILE // 1024} KiB.", place="stdin")
    return text
