"""Configurations: read, filled in, checked, and ready to be sent. A configuration passes through here once."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .changing import Edit as Edit
    from .changing import plan_change as plan_change
    from .content import content_of as content_of
    from .documents import Configuration as Configuration
    from .plain import check_configuration as check_configuration
    from .plain import plain_configuration as plain_configuration
    from .plain import plain_data as plain_data
    from .variables import Variables as Variables
    from .variables import fill_in as fill_in
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            ".changing": "Edit plan_change",
            ".content": "content_of",
            ".documents": "Configuration",
            ".plain": "check_configuration plain_configuration plain_data",
            ".variables": "Variables fill_in",
        },
    )
    __all__ = __dir__()
