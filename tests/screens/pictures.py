"""The pictures in ``docs/screens``, by file name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .scenes import SCENES, screens
from .svg import svg

FOLDER = Path(__file__).parents[2] / "docs/screens"


def pictures() -> Iterator[tuple[str, str]]:
    """File name and content of each picture."""
    for name, scene in SCENES.items():
        for screen in screens(scene):
            title = f"{scene.command}, {screen.columns} columns"
            yield f"{name}-{screen.columns}.svg", svg(screen, title)
