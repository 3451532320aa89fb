"""What pages have in common: their rank in the search, and their layout."""

from __future__ import annotations

from mkdocs.structure.pages import Page

BOOSTS = {"how-to": 4.0, "tutorial": 2.0, "explanation": 1.5, "contributing": 0.5, "changelog.md": 0.2}
"""Pages that say how to do something come first in the search, and those for contributors last."""
WIDE = {"explanation/comparison.md", "how-to/operate-with-the-command.md", "reference/api.md"}
"""Pages with a wide table, which gets the room of the table of contents."""


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Set what the page does not set itself."""
    first = page.file.src_uri.partition("/")[0]
    page.meta.setdefault("search", {}).setdefault("boost", BOOSTS.get(first, 1.0))
    if page.file.src_uri in WIDE:
        page.meta["hide"] = ["toc"]
    return markdown
