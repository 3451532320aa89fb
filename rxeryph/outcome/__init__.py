"""What came of an operation: its result, why it failed, and a report to read."""

from .failure import Failure, find_failure
from .fetching import PROJECT, Fetch, FetchedResource, Fetchers, RunAll
from .report import Report
from .result import OperationResult

__all__ = [
    "PROJECT",
    "Failure",
    "Fetch",
    "FetchedResource",
    "Fetchers",
    "OperationResult",
    "Report",
    "RunAll",
    "find_failure",
]
