"""Pages that say how to do something come first in the search, and those for contributors last."""

from __future__ import annotations

from mkdocs.structure.pages import Page

BOOSTS = {"how-to": 4.0, "tutorial": 2.0, "explanation": 1.5, "contributing": 0.5, "changelog.md": 0.2}


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Give the page the boost of its folder, unless it names its own."""
    first = page.file.src_uri.partition("/")[0]
    page.meta.setdefault("search", {}).setdefault("boost", BOOSTS.get(first, 1.0))
    return markdown
