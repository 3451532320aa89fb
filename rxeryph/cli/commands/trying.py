"""``rxeryph demo`` and ``rxeryph simulate``: eryph without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..options import ServerVersion
from ..tree import Verbs

verbs = Verbs()


@verbs
def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print one event per line, as JSON.")] = False,
    speed: Annotated[
        float, typer.Option("--speed", metavar="N", min=0.1, help="Simulated seconds per real second, at least 0.1.")
    ] = 10.0,
) -> int:
    """Create three catlets on a simulated eryph and watch them; takes about 15 seconds."""
    from ..demo import run_demo

    return run_demo(speed, as_json=as_json)


@verbs
def simulate(
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port to listen on; 0 for a free one.")
    ] = 0,
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed",
            metavar="N",
            min=0.1,
            help="Simulated seconds per real second, at least 0.1. Default: 10.",
            show_default=False,
        ),
    ] = None,
    seconds_per_request: Annotated[
        float | None,
        typer.Option(
            "--seconds-per-request",
            metavar="N",
            min=0.001,
            show_default=False,
            help="Simulated seconds per request to the compute API, instead of per real second.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Determines every id, latency and size.")] = 0,
    api_version: Annotated[
        ServerVersion,
        typer.Option(
            "--api-version",
            metavar="VERSION",
            help="Behave like a server of that version: 1.0, 1.1, 1.2, or 1.3 for the newest, which reports 1.2.",
        ),
    ] = ServerVersion.V1_2,
    log_bug: Annotated[
        bool | None,
        typer.Option(
            "--log-bug/--no-log-bug",
            show_default=False,
            help="Whether log entries are missing, as before v0.4.1. Default: below API 1.2. API 1.1 with all"
            " of them is v0.4.1 or v0.4.2.",
        ),
    ] = None,
    token_lifetime: Annotated[
        float,
        typer.Option(
            "--token-lifetime", metavar="N", min=1.0, help="Lifetime of a token, in real seconds, at least 1."
        ),
    ] = 3600.0,
    load: Annotated[
        float,
        typer.Option(
            "--load", metavar="N", min=0.0, max=1.0, help="How busy the server is: 0 is idle, 1 is the busiest."
        ),
    ] = 0.0,
    environments: Annotated[
        list[str] | None,
        typer.Option("--environment", metavar="NAME", help="Another environment of the host. May be repeated."),
    ] = None,
    data_stores: Annotated[
        list[str] | None,
        typer.Option("--data-store", metavar="NAME", help="Another data store of the host. May be repeated."),
    ] = None,
    flat_providers: Annotated[
        list[str] | None,
        typer.Option("--flat-provider", metavar="NAME", help="A flat network provider of the host. May be repeated."),
    ] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https with a new self-signed certificate.")] = False,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            metavar="FILE",
            show_default=False,
            help="File to write the client's key to. Default: a temporary file.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print how to connect as one line of JSON.")] = False,
) -> int:
    """Run a simulated eryph on this machine until Ctrl-C.

    It prints lines to paste into another terminal, so that the commands there use it. Its clock begins at the present
    time, or on 2026-01-01 at 08:00 UTC with --seconds-per-request, which makes runs equal.

    Long because it declares all of its options.
    """
    from ..simulate import run_simulator

    return run_simulator(
        port=port,
        speed=speed,
        seconds_per_request=seconds_per_request,
        seed=seed,
        version=api_version,
        log_bug=log_bug,
        token_lifetime=token_lifetime,
        load=load,
        environments=environments or (),
        data_stores=data_stores or (),
        flat_providers=flat_providers or (),
        tls=tls,
        key_file=key_file,
        as_json=as_json,
    )
