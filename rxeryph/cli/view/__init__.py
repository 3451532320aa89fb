"""How operations are shown while a command waits for them.

The heart is pure: ``followed`` folds events into the state of an operation, ``rows`` says what a line contains, and
``layout`` fits lines into a width. ``live`` draws them on a terminal, ``plain`` and ``json_lines`` print lines.
"""

from .charset import prepare_output
from .choice import make_view
from .protocol import View

__all__ = ["View", "make_view", "prepare_output"]
