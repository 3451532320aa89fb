"""The polling source, and when it asks.

Policies for ``connect(polling=...)``: ``fixed``, ``activity`` (the default), ``exponential``, or any function
from ``PollContext`` to seconds. ``ErrorBudget`` says how long polls may fail in a row.
"""

from ..retry import ErrorBudget
from .asking import Ask, Done, Fetch, Unasked, asking
from .discovery import Discovery
from .engine import Engine, threaded_engine
from .group import SourceGroup
from .policies import PollContext, PollingPolicy, activity, exponential, fixed
from .source import PollingSettings, PollingSource

__all__ = [
    "Ask",
    "Discovery",
    "Done",
    "Engine",
    "ErrorBudget",
    "Fetch",
    "PollContext",
    "PollingPolicy",
    "PollingSettings",
    "PollingSource",
    "SourceGroup",
    "Unasked",
    "activity",
    "asking",
    "exponential",
    "fixed",
    "threaded_engine",
]
