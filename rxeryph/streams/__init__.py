"""What users work with: the stream of one operation, the stream of many, and handlers per event type."""

from .event_stream import EventStream
from .group import OperationGroup
from .handlers import EventHandlers
from .stream import OperationStream

__all__ = ["EventHandlers", "EventStream", "OperationGroup", "OperationStream"]
