"""The groups are declared once, and everything that names them agrees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rxeryph import Eryph
from rxeryph.client import ComputeClient
from rxeryph.client.calls import Group
from tests.canned import Canned, groups_of

GROUPS = groups_of(ComputeClient(Canned()))


@pytest.mark.parametrize(("name", "group"), GROUPS.items())
def test_a_group_shows_its_server_and_its_calls_in_one_line(name: str, group: Group) -> None:
    calls = ", ".join(call for call in dir(group) if not call.startswith("_"))
    assert repr(group) == f"{type(group).__name__}('https://localhost:8000/compute': {calls})"
    assert name.replace("_", "") == type(group).__name__.lower()


def test_the_session_has_the_same_groups(eryph: Eryph) -> None:
    assert {name: type(group) for name, group in groups_of(eryph).items()} == {
        name: type(group) for name, group in GROUPS.items()
    }


def test_a_group_is_made_once() -> None:
    client = ComputeClient(Canned())
    assert client.catlets is client.catlets


def test_the_page_names_every_group() -> None:
    page = Path(__file__).parents[3] / "docs/how-to/call-the-api.md"
    rows = re.findall(r"^\| (`.*?`) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(GROUPS)
