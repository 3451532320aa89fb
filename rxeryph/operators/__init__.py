"""Pipeable operators on streams of events, one family per module."""

from ..bridges.recording import record
from .bounded import observe_bounded
from .combine import merge, tag
from .flow import then
from .outcome import errors, require_success, results
from .progress import combine_progress, progress
from .select import for_task, of_type, with_status
from .silence import stalled
from .throttle import batch_logs, limit_logs, throttle_logs

__all__ = [
    "batch_logs",
    "combine_progress",
    "errors",
    "for_task",
    "limit_logs",
    "merge",
    "observe_bounded",
    "of_type",
    "progress",
    "record",
    "require_success",
    "results",
    "stalled",
    "tag",
    "then",
    "throttle_logs",
    "with_status",
]
