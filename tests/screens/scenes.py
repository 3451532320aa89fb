"""The screens of the documentation, drawn by the live view itself on an emulated terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from unittest.mock import patch

import pyte
from rich.console import Console

from rxeryph.cli.demo import CATLETS
from rxeryph.cli.view.live import LiveView
from rxeryph.events import AnyEvent

from .happening import happening, id_of

ROWS = 24
WIDTHS = (60, 80, 120)
DIM = 5
"""The emulator takes dim characters for blinking ones, which the view does not use."""
ENVIRON = {"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"}
LARGE, SMALL, MISSING = (parent for parent, *_ in (CATLETS["db"], CATLETS["web"], CATLETS["ci"]))


@dataclass(frozen=True)
class Scene:
    """A command, what happens while it runs, and the second that is shown."""

    command: str
    catlets: Mapping[str, tuple[int, str]]
    """The second in which each is created, and its parent."""
    second: int | None = None
    """None for the end."""
    has_names: bool = True
    """False for a command that knows only the ids."""


SCENES = {
    "demo": Scene("rxeryph demo", {name: (0, parent) for name, (parent, *_) in CATLETS.items()}, 66),
    "watch-all": Scene(
        "rxeryph watch --all",
        {
            "db": (0, LARGE),
            "ci": (20, MISSING),
            **{f"web{number}": (12 * number, SMALL) for number in range(1, 6)},
            **{f"cache{number}": (30 + 4 * number, LARGE) for number in range(1, 4)},
            **{f"job{number}": (55 + number, SMALL) for number in range(1, 15)},
        },
        74,
        has_names=False,
    ),
    "create-failed": Scene("rxeryph create ci.yaml", {"ci": (0, MISSING)}),
}


class Screen(pyte.Screen):
    """An emulated screen that keeps dim characters apart."""

    def select_graphic_rendition(self, *attrs: int, **options: bool) -> None:
        super().select_graphic_rendition(*(DIM if each == 2 else each for each in attrs))


def screens(scene: Scene) -> Iterator[Screen]:
    """What a person sees at each of the widths."""
    happened = [*takewhile(lambda each: scene.second is None or each[0] <= scene.second, happening(scene.catlets))]
    return (_screen(scene, happened, columns) for columns in WIDTHS)


def _screen(scene: Scene, happened: Iterable[tuple[int, list[AnyEvent]]], columns: int) -> Screen:
    file = io.StringIO()
    now = 0.0
    with patch.dict("os.environ", ENVIRON):
        console = Console(
            file=file, force_terminal=True, width=columns, height=ROWS, color_system="standard", highlight=False
        )
        names = {id_of(name): name for name in scene.catlets} if scene.has_names else {}
        view = LiveView(console, names, lambda: now)
    console.print(f"$ {scene.command}")
    with view:
        for second, events in happened:
            now = second + 0.6  # a frame of the spinner with many dots
            for event in events:
                view.show(event)
            view.tick()
        shown = file.getvalue()
        view.summary({})
    screen = Screen(columns, ROWS)
    pyte.Stream(screen).feed((file.getvalue() if scene.second is None else shown).replace("\n", "\r\n"))
    return screen
