"""The pictures of the documentation show the live view as it is now."""

from __future__ import annotations

from tests.screens.pictures import FOLDER, pictures


def test_the_pictures_are_current() -> None:
    drawn = dict(pictures())
    shown = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.svg")}
    assert shown.keys() == drawn.keys()
    stale = [name for name, text in drawn.items() if shown[name] != text]
    assert stale == [], "run: python -m tests.screens"
