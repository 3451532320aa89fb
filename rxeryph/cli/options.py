"""Options and arguments that several commands have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from ..connecting import journal_in_environment
from .completing import catlet_names, operation_ids, project_names
from .parsing import seconds_of

WAITING = "Waiting"
OUTPUT = "Output"


class Format(StrEnum):
    """How objects and events are printed."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    ID = "id"


class ServerVersion(StrEnum):
    """The API versions that the simulator offers."""

    V1_0 = "1.0"
    V1_1 = "1.1"
    V1_2 = "1.2"
    V1_3 = "1.3"

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor."""
        major, minor = self.value.split(".")
        return int(major), int(minor)


@dataclass(frozen=True)
class Output:
    """How to print what was found."""

    output: Annotated[
        Format,
        typer.Option(
            "-o",
            "--output",
            metavar="FORMAT",
            help="table for people, json or yaml for programs, id for the ids only.",
            rich_help_panel=OUTPUT,
            show_choices=True,
        ),
    ] = Format.TABLE
    as_json: Annotated[bool, typer.Option("--json", help="Short for -o json.", rich_help_panel=OUTPUT)] = False

    @property
    def format(self) -> Format:
        """The format that was chosen."""
        return Format.JSON if self.as_json else self.output


@dataclass(frozen=True)
class Limits:
    """How long to follow operations."""

    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="TIME",
            parser=seconds_of("--timeout"),
            show_default=False,
            rich_help_panel=WAITING,
            help="Stop waiting after TIME, such as 90, 5m or 2h, with exit code 4. Default: no limit.",
        ),
    ] = None
    stalled: Annotated[
        float | None,
        typer.Option(
            metavar="TIME",
            parser=seconds_of("--stalled"),
            show_default=False,
            rich_help_panel=WAITING,
            help="Stop waiting when nothing new has come for TIME, with exit code 4.",
        ),
    ] = None


@dataclass(frozen=True)
class Waiting(Limits):
    """Whether to follow the operations that a command starts, and how long."""

    no_wait: Annotated[
        bool,
        typer.Option(
            "--no-wait",
            rich_help_panel=WAITING,
            help="Print the id of the operation and return; the operation runs on the server.",
        ),
    ] = False


Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]

Project = Annotated[
    str | None,
    typer.Option(
        "-p",
        "--project",
        metavar="PROJECT",
        autocompletion=project_names,
        show_default=False,
        help="Name or id of the project; needed when several projects have the name.",
    ),
]
"""The project of the objects that are named."""

OfProject = Annotated[
    str | None,
    typer.Option(
        "-p",
        "--project",
        metavar="PROJECT",
        autocompletion=project_names,
        show_default=False,
        help="Only those of this project (name or id).",
    ),
]
"""A filter of lists."""

CatletArgument = Annotated[
    str, typer.Argument(metavar="CATLET", autocompletion=catlet_names, help="Name or id of a catlet.")
]
CatletArguments = Annotated[
    list[str],
    typer.Argument(metavar="CATLET", autocompletion=catlet_names, help="Names or ids of catlets; - for stdin."),
]
ProjectArgument = Annotated[
    str, typer.Argument(metavar="PROJECT", autocompletion=project_names, help="Name or id of a project.")
]
ProjectArguments = Annotated[
    list[str],
    typer.Argument(metavar="PROJECT", autocompletion=project_names, help="Names or ids of projects; - for stdin."),
]
OperationArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="OPERATION",
        autocompletion=operation_ids,
        help="Ids of operations, or the first characters of them; @newest for the newest one; - for stdin.",
    ),
]
File = Annotated[
    str, typer.Argument(metavar="FILE", help="Configuration in YAML or JSON; - for stdin.", show_default=False)
]

Journal = Annotated[
    str | None,
    typer.Option(
        "--journal",
        metavar="URL",
        show_default=False,
        help="The journal, such as sqlite:///operations.db, or nats://broker for several machines. Default: the"
        " variable RXERYPH_JOURNAL.",
    ),
]
"""``journal_of`` says which one it is."""

AllowUnknown = Annotated[
    bool, typer.Option("--allow-unknown", help="Send members that this version does not know, for a newer server.")
]


Once = Annotated[
    str | None,
    typer.Option(
        "--once",
        metavar="KEY",
        show_default=False,
        help="Submit it once with this key, however often it is run; needs RXERYPH_JOURNAL.",
    ),
]


@dataclass(frozen=True)
class Identity:
    """Whose id the operation of a command gets: that of the key of ``--once``, or a new one."""

    once: str | None
    operation_id: str

    @classmethod
    def of(cls, once: str | None) -> Identity:
        """The id for a key, if there is one. Raises ConfigurationError."""
        if once is None:
            from uuid import uuid4

            return cls(None, str(uuid4()))
        from ..journal.submission import operation_id_of

        return cls(once, operation_id_of(once))

    @property
    def arguments(self) -> dict[str, Any]:
        """For a call that submits."""
        return {"correlation_id": self.operation_id} if self.once is None else {"once": self.once}


def journal_of(given: str | None) -> str:
    """The URL of a command's journal: the one that was given, else that of the environment. "" if there is none."""
    return journal_in_environment() if given is None else given


def allowing(allow_unknown: bool) -> dict[str, Any]:
    """The arguments of a call that takes a configuration, for ``--allow-unknown``."""
    return {"unknown": "allow"} if allow_unknown else {}
