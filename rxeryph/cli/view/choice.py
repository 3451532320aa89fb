"""Which view suits the output."""

from __future__ import annotations

from collections.abc import Mapping

from .protocol import View


def make_view(names: Mapping[str, str], *, options: str = "") -> View:
    """Choose the view for the current output. ``names`` maps operation ids to display names.

    Redrawn rows on a terminal, plain lines anywhere else. ``options`` are those of the
    connection, as in " --endpoint https://host", for the commands that are shown.
    """
    # Each view is imported when it is chosen: most commands show none, and rich takes a while to load.
    from .live import LiveView, terminal

    console = terminal()
    if console is not None:
        return LiveView(console, names, options=options)
    from .plain import PlainView

    return PlainView(names, options=options)
