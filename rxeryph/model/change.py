"""What a change does to the configuration of a catlet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True)
class Difference(Value):
    """One member that changes, by its path, such as ``$.configuration.drives[name=data].size``.

    ``before`` is None for a member that is added, ``after`` for one that is removed.
    """

    path: str
    before: object = None
    after: object = None


@dataclass(frozen=True, slots=True)
class CatletChange(Value):
    """What ``catlets.change`` would send: the whole ``configuration``, and how it differs from that of the catlet."""

    configuration: Mapping[str, object]
    differences: tuple[Difference, ...] = ()
