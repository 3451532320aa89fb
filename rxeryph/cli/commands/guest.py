"""``rxeryph guest``: eryph's services inside a catlet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import ConfigurationError
from .. import exit_codes
from ..confirming import confirmed
from ..options import CatletArgument, CatletArguments, Format, Project, Yes
from ..output.printing import lines_of, print_document
from ..parsing import moment_ahead, seconds_of
from ..submitting import Asking, Changing
from ..targets import catlet_in, names, read_stdin
from ..tree import Verbs

if TYPE_CHECKING:
    from ...outcome import OperationResult

verbs = Verbs()

Key = Annotated[
    str,
    typer.Argument(metavar="FILE", help="File with an SSH public key, such as ~/.ssh/id_ed25519.pub; - for stdin."),
]
Lifetime = Annotated[
    float | None,
    typer.Option(
        "--ttl", metavar="TIME", parser=seconds_of("--ttl"), show_default=False, help="How long, such as 8h or 30d."
    ),
]


@verbs
def status(server: Asking, catlet: CatletArgument, project: Project = None) -> int:
    """Show the status of the guest services of a catlet."""
    return server.answer(
        catlet,
        lambda eryph: eryph.guest_services.status(catlet, project=project),
        lambda result: _print_result(result, server.format),
    )


@verbs
def log(server: Asking, catlet: CatletArgument, project: Project = None) -> int:
    """Print the log of the provisioning inside a catlet (newest servers only)."""

    def show(result: OperationResult) -> None:
        rendered = getattr(result.typed_result, "rendered_log", None)
        if server.format is Format.TABLE and rendered:
            for line in rendered.splitlines():
                print("".join(each if each.isprintable() or each == "\t" else "?" for each in line))
        else:
            _print_result(result, server.format)

    return server.answer(
        catlet,
        lambda eryph: eryph.guest_services.provisioning_log(catlet, project=project),
        show,
    )


@verbs
def configure(
    server: Changing,
    catlets: CatletArguments,
    project: Project = None,
    shell: Annotated[
        str | None,
        typer.Option("--shell", metavar="PATH", show_default=False, help='Shell of SSH sessions; "" clears it.'),
    ] = None,
    shell_args: Annotated[
        str | None,
        typer.Option(
            "--shell-args", metavar="TEXT", show_default=False, help='Arguments of the shell; "" clears them.'
        ),
    ] = None,
) -> int:
    """Set the shell of SSH sessions in catlets."""
    return server.submit(
        names(catlets),
        lambda api, each: api.guest_services.configure(each, project=project, shell=shell, shell_args=shell_args),
        find=catlet_in(project),
    )


@verbs
def add_key(
    server: Changing,
    catlet: CatletArgument,
    key: Key,
    project: Project = None,
    ttl: Lifetime = None,
    expires: Annotated[
        str | None,
        typer.Option(
            "--expires", metavar="TIME", show_default=False, help="When it expires: in 8h, or 2026-01-31T15:00."
        ),
    ] = None,
) -> int:
    """Give the holder of an SSH key access to a catlet."""
    public_key = _read_key(key)
    at = None if expires is None else moment_ahead(expires, "--expires")
    return server.submit(
        [catlet],
        lambda api, each: api.guest_services.add_access_key(
            each, public_key, project=project, ttl=None if ttl is None else round(ttl), expires_at=at
        ),
    )


@verbs
def remove_keys(
    server: Changing,
    catlets: CatletArguments,
    project: Project = None,
    yes: Yes = False,
) -> int:
    """Remove the access keys of catlets."""
    found = names(catlets)
    if not confirmed(f"Remove the access keys of {', '.join(found)}", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(
        found,
        lambda api, each: api.guest_services.remove_access_keys(each, project=project),
        find=catlet_in(project),
    )


@verbs
def ssh_channel(
    server: Asking,
    catlet: CatletArgument,
    project: Project = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="FILE", show_default=False, help="File with an SSH public key to give access to."
        ),
    ] = None,
    ttl: Lifetime = None,
) -> int:
    """Open a channel for SSH, and print its one-time token and the URL for a WebSocket client.

    The token works once and for a short time. Do not store what this prints.
    """
    public_key = None if key is None else _read_key(key)
    found: dict[str, str] = {}
    urls: list[Any] = []

    def call(eryph: Any) -> Any:
        found["id"] = eryph.catlets.get(catlet, project=project).id
        urls.append(eryph.guest_services.ssh_channel_url)
        return eryph.guest_services.open_ssh_channel(
            found["id"], public_key=public_key, ttl=None if ttl is None else round(ttl)
        )

    def show(result: OperationResult) -> None:
        channel: Any = result.typed_result
        document = {
            "catlet_id": found["id"],
            "token": channel.token,
            "url": urls[0](found["id"], channel.token),
            "expires_at": channel.expires_at and channel.expires_at.isoformat(),
        }
        _print({name: value for name, value in document.items() if value}, server.format)

    return server.answer(catlet, call, show)


def _read_key(file: str) -> str:
    from pathlib import Path

    from ...reading import read_file

    if file == "-":
        return read_stdin().strip()
    try:
        return read_file(Path(file).expanduser()).decode("utf-8-sig").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is too large, or not text"
        raise ConfigurationError(f"The key {file!r} cannot be read: {reason}.", place=file) from None


def _print_result(result: OperationResult, format: Format) -> None:
    from ...model.plain import to_plain

    document = to_plain(result.typed_result)
    assert isinstance(document, dict)
    document.pop("result_type", None)
    _print(document, format)


def _print(document: dict[str, Any], format: Format) -> None:
    if format is Format.TABLE:
        for line in lines_of(document):
            print(line)
    else:
        print_document(document, format)
