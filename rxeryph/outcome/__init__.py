"""What came of an operation: its result, why it failed, and a report to read."""

from .failure import Failure, find_failure
from .report import Report
from .result import PROJECT, Fetch, FetchedResource, OperationResult

__all__ = ["PROJECT", "Failure", "Fetch", "FetchedResource", "OperationResult", "Report", "find_failure"]
