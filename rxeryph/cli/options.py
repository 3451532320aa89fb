"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one event per line, as JSON.")]
Seconds = Annotated[
    float | None, typer.Option(min=0.0, metavar="SECONDS", help="How long to wait. Default: no limit.")
]
