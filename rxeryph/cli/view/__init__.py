"""How operations are shown while a command waits for them.

The heart is pure: ``followed`` folds events into the state of an operation, ``rows`` says what a line contains, and
``layout`` fits lines into a width. ``live`` draws them on a terminal, ``plain`` prints lines.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .charset import prepare_output as prepare_output
    from .choice import make_view as make_view
    from .protocol import View as View
else:  # most commands show no operation, and need none of it
    from ...lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__, {".charset": "prepare_output", ".choice": "make_view", ".protocol": "View"}
    )
    __all__ = __dir__()
