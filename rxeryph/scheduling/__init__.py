"""The clock and the threads of a connection: a timer, workers, and a scheduler that delivers on them."""

from .delivery import DeliveryScheduler
from .timer import ClockScheduler, MonotonicScheduler
from .together import run_together
from .workers import Submit, Workers

__all__ = ["ClockScheduler", "DeliveryScheduler", "MonotonicScheduler", "Submit", "Workers", "run_together"]
