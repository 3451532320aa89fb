"""Configurations: read, filled in, checked, and ready to be sent. A configuration passes through here once."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .changing import Edit as Edit
    from .changing import plan_change as plan_change
    from .checking import Unknown as Unknown
    from .comparing import NAMED as NAMED
    from .content import check_specification as check_specification
    from .documents import Configuration as Configuration
    from .preparing import check_configuration as check_configuration
    from .preparing import check_networks as check_networks
    from .preparing import judge as judge
    from .preparing import plain_data as plain_data
    from .variables import Variables as Variables
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            ".changing": "Edit plan_change",
            ".checking": "Unknown",
            ".comparing": "NAMED",
            ".content": "check_specification",
            ".documents": "Configuration",
            ".preparing": "check_configuration check_networks judge plain_data",
            ".variables": "Variables",
        },
    )
    __all__ = __dir__()
