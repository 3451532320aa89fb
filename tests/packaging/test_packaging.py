"""What is promised about installing and about the commands in the README."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")


def test_the_gate_runs_the_very_test_command_of_the_readme() -> None:
    command = 'python -m pip install -e ".[test]" && python -m pytest'
    assert f"\n{command}\n" in README
    assert f"  {command}\n" in (TOP / ".ci" / "run").read_text(encoding="utf-8")
    assert '\npython -m pip install -e ".[demo]" && python -m rxeryph demo\n' in README


def test_core_dependencies_stay_lean() -> None:
    config = configparser.ConfigParser()
    config.read(TOP / "setup.cfg", encoding="utf-8")
    named = re.findall(r"^[A-Za-z-]+", config["options"]["install_requires"], re.MULTILINE)
    assert sorted(named) == ["PyJWT", "marshmallow", "psutil", "reactivex", "requests", "truststore"]
    assert {"cli", "simulator", "demo", "testing", "test", "docs"} <= set(config["options.extras_require"])


def test_links_of_the_documentation_lead_somewhere() -> None:
    for page in (TOP / "README.md", *(TOP / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), f"{page.name} links to {target}"
