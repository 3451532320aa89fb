"""The pure heart: what was known and a new snapshot give what is known now, and the events between them."""

from .cursor import log_time_stamp
from .progress import Progress, TaskNode
from .settling import Settling
from .tracker import NOTHING_KNOWN, Known, observe

__all__ = ["NOTHING_KNOWN", "Known", "Progress", "Settling", "TaskNode", "log_time_stamp", "observe"]
