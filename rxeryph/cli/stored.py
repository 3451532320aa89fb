"""What to say when a client was stored that commands do not use yet."""

from __future__ import annotations

from ..errors import RxEryphError
from .reporting import say


def say_if_unused(client_id: str, configuration: str) -> None:
    """Say how to use a client that was just stored, if commands without options use another one."""
    from ..credentials import locate
    from ..credentials.given import FROM_VARIABLES

    try:
        here = locate()
    except RxEryphError:  # such as a broken file: the client that was stored can be named all the same
        here = None
    if here is not None and here.client_id == client_id:
        return
    if here is not None and here.client_from == FROM_VARIABLES:
        say(
            f"Commands still use client {here.client_id} of ERYPH_CLIENT_ID. To use the one that was stored, unset"
            " the ERYPH_* variables of this shell."
        )
        return
    used = "" if here is None else f"Commands still use client {here.client_id}. "
    say(f"{used}To use the one that was stored, add: --configuration {configuration} --client-id {client_id}")
