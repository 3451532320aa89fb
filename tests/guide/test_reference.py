"""Every public name has a place in the reference, and the tables there are those of the sources."""

from __future__ import annotations

import dataclasses
import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from rxeryph import errors, events
from rxeryph.errors import RxEryphError
from rxeryph.events import Event

REFERENCE = Path(__file__).parents[2] / "docs/reference"
MODULES = [
    *("", ".client", ".credentials", ".errors", ".events", ".journal", ".model", ".operators", ".polling", ".testing")
]


def page_of(module: str) -> str:
    return (REFERENCE / f"{(module or 'rxeryph').strip('.')}.md").read_text(encoding="utf-8")


def public_names(module: ModuleType) -> set[str]:
    """What ``__all__`` lists; without it, what the module defines."""
    listed = getattr(module, "__all__", None)
    if listed is None:
        listed = [name for name in dir(module) if getattr(getattr(module, name), "__module__", "") == module.__name__]
        listed += getattr(module, "__annotations__", {})
    return {name for name in listed if not name.startswith("_")}


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_has_a_place_in_the_reference(name: str) -> None:
    module = import_module(f"rxeryph{name}")
    shown = re.findall(rf"^::: rxeryph{re.escape(name)}\.(?:progress\.)?(\w+)$", page_of(name), re.MULTILINE)
    modules = {each for each in public_names(module) if isinstance(getattr(module, each), ModuleType)}
    assert sorted(shown) == sorted(public_names(module) - modules)
    assert all((REFERENCE / f"{each}.md").is_file() for each in modules)


def test_the_names_of_the_simulator_are_on_the_page_about_testing() -> None:
    shown = set(re.findall(r"^::: rxeryph\.(?:testing|simulator)\.(\w+)$", page_of(".testing"), re.MULTILINE))
    assert public_names(import_module("rxeryph.simulator")) <= shown


def test_a_new_name_would_be_missed() -> None:
    module = ModuleType("rxeryph.new")
    module.__dict__["connect"] = type("connect", (), {"__module__": "rxeryph.new"})
    assert public_names(module) == {"connect"}


def test_the_table_of_events_has_the_type_and_members_of_each() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| .+ \| (.+) \|$", page_of(".events"), re.MULTILINE)
    shown = {name: (kind, re.findall(r"`(\w+)`", members)) for name, kind, members in rows}
    assert shown == {
        name: (each.type.value, [field.name for field in dataclasses.fields(each)][1 + hasattr(each, "operation") :])
        for name, each in inspect.getmembers(events, inspect.isclass)
        if issubclass(each, Event) and each is not Event
    }


def test_the_table_of_errors_has_each_error_in_the_order_of_the_tree() -> None:
    page = page_of(".errors")
    tree = re.findall(r"(\w+Error)$", (errors.__doc__ or "").split("\n\n")[1], re.MULTILINE)
    assert re.findall(r"(\w+Error)$", page.split("```")[1], re.MULTILINE) == tree
    assert re.findall(r"^\| \[`(\w+)`\]", page, re.MULTILINE) == tree
    assert set(tree) == {
        name for name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, RxEryphError)
    }
