"""Pipeable operators on streams of events, one family per module."""

from .combine import merge
from .outcome import require_success
from .select import of_type

__all__ = ["merge", "of_type", "require_success"]
