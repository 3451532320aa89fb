"""The pure heart: what was known and a new snapshot give what is known now, and the events between them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cursor import log_time_stamp as log_time_stamp
    from .progress import Progress as Progress
    from .progress import TaskNode as TaskNode
    from .settling import Settling as Settling
    from .tracker import NOTHING_KNOWN as NOTHING_KNOWN
    from .tracker import Known as Known
    from .tracker import observe as observe
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            ".cursor": "log_time_stamp",
            ".progress": "Progress TaskNode",
            ".settling": "Settling",
            ".tracker": "Known NOTHING_KNOWN observe",
        },
    )
    __all__ = __dir__()
