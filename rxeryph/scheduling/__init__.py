"""The clock and the threads of a connection: a timer, workers, and a scheduler that delivers on them."""

from .delivery import Blocking, DeliveryScheduler, blocking_on
from .timer import ClockScheduler, MonotonicScheduler
from .together import run_together
from .workers import Submit, Workers

__all__ = [
    "Blocking",
    "ClockScheduler",
    "DeliveryScheduler",
    "MonotonicScheduler",
    "Submit",
    "Workers",
    "blocking_on",
    "run_together",
]
