"""Metadata, the commands and links of the README, and the links of the documentation."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
CONFIG = configparser.ConfigParser()
CONFIG.read(TOP / "setup.cfg", encoding="utf-8")
URLS = dict(re.findall(r"^(\w+) = (\S+)$", CONFIG["metadata"]["project_urls"], re.MULTILINE))
BASE = f"{URLS['Source']}/blob/main/"


def links(text: str) -> list[str]:
    """The targets of all links, without anchors."""
    return re.findall(r"\]\(([^)#]+)", text)


def test_the_gate_runs_the_test_command_of_the_readme() -> None:
    command = 'python -m pip install -e ".[test]" && python -m pytest'
    assert f"\n{command}\n" in README
    assert f"  {command}\n" in (TOP / ".ci" / "run").read_text(encoding="utf-8")
    assert '\npython -m pip install -e ".[demo]" && python -m rxeryph demo\n' in README


def test_core_dependencies_stay_lean() -> None:
    named = re.findall(r"^[A-Za-z0-9-]+", CONFIG["options"]["install_requires"], re.MULTILINE)
    assert sorted(named) == ["PyJWT", "marshmallow", "psutil", "reactivex", "requests", "truststore", "urllib3"]
    assert {"cli", "simulator", "demo", "testing", "test", "docs"} <= set(CONFIG["options.extras_require"])


def test_the_readme_works_outside_the_repository() -> None:
    """A package index shows the README on its own, so its links are absolute."""
    assert all(target.startswith("https://") for target in links(README))


def test_links_into_the_repository_lead_to_files() -> None:
    assert {"Documentation", "Source", "Changelog", "Issues"} == set(URLS)
    inside = [url for url in (*links(README), *URLS.values()) if url.startswith(BASE)]
    assert len(inside) > 10
    assert [url for url in inside if not (TOP / url.removeprefix(BASE)).is_file()] == []
    elsewhere = [url for url in links(README) if url.startswith("https://github.com/") and url not in inside]
    assert elsewhere == []


def test_links_of_the_documentation_lead_to_files() -> None:
    for page in (TOP / "docs").rglob("*.md"):
        for target in links(page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).is_file(), f"{page.name}: {target}"


def test_the_documentation_installs_extras_that_exist() -> None:
    pages = [README, *(page.read_text(encoding="utf-8") for page in (TOP / "docs").rglob("*.md"))]
    named = {each for page in pages for each in re.findall(r'"(?:rxeryph|\.)\[([a-z,]+)\]"', page)}
    assert {extra for each in named for extra in each.split(",")} <= set(CONFIG["options.extras_require"])


def test_the_changelog_has_unreleased_changes_and_dated_versions() -> None:
    text = (TOP / "docs" / "changelog.md").read_text(encoding="utf-8")
    first, *versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert first == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", version) for version in versions)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds
