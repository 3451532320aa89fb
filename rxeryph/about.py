"""What this package says about itself: its version."""

from __future__ import annotations


def version() -> str:
    """The version of the installed package, such as ``1.2.3``; ``0+unknown`` where only its sources are there."""
    from importlib import metadata  # only when asked for: reading it takes longer than importing the whole package

    try:
        return metadata.version("rxeryph")
    except metadata.PackageNotFoundError:
        return "0+unknown"
