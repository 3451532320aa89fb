"""The polling source, and when it asks.

Policies for ``connect(polling=...)``: ``fixed``, ``activity`` (the default), ``exponential``, or any function
from ``PollContext`` to seconds. ``ErrorBudget`` says how long polls may fail in a row.
"""

from ..retry import ErrorBudget
from .asking import Ask, Done, Fetch, Unasked, asking
from .batching import Batcher
from .choice import Batching, Chooser
from .discovery import Discovery
from .engine import Engine, threaded_engine
from .group import SourceGroup
from .member import Listing
from .policies import PollContext, PollingPolicy, activity, exponential, fixed
from .rounds import Elements
from .source import PollingSettings, PollingSource
from .sources import Source
from .statistics import Statistics

__all__ = [
    "Ask",
    "Batcher",
    "Batching",
    "Chooser",
    "Discovery",
    "Done",
    "Elements",
    "Engine",
    "ErrorBudget",
    "Fetch",
    "Listing",
    "PollContext",
    "PollingPolicy",
    "PollingSettings",
    "PollingSource",
    "Source",
    "SourceGroup",
    "Statistics",
    "Unasked",
    "activity",
    "asking",
    "exponential",
    "fixed",
    "threaded_engine",
]
