"""The packages whose names are loaded when they are first used: type checkers see the same names."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module, metadata
from types import FunctionType, ModuleType

import pytest

import rxeryph
from rxeryph import client, journal, model, testing, tracking, wire

PACKAGES = [rxeryph, client, journal, model, testing, tracking, wire]


def names_for_type_checkers(package: ModuleType) -> dict[str, object]:
    """What the block under ``TYPE_CHECKING`` exports, and what each name is."""
    (block,) = (node for node in ast.parse(inspect.getsource(package)).body if isinstance(node, ast.If))
    names: dict[str, object] = {}
    for statement in block.body:
        if isinstance(statement, ast.ImportFrom):
            (alias,) = statement.names
            assert alias.asname == alias.name, "only a redundant alias exports a name"
            module = import_module("." * statement.level + (statement.module or ""), package.__name__)
            names[alias.name] = getattr(module, alias.name)
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_see_the_public_names(package: ModuleType) -> None:
    names = names_for_type_checkers(package)
    assert sorted(names) == [name for name in dir(package) if name != "__version__"]
    for name, value in names.items():
        assert getattr(package, name) is value
        if isinstance(value, type | FunctionType):
            assert value.__name__ == name
        if isinstance(value, type | FunctionType | ModuleType):
            assert inspect.getdoc(value)


def test_the_version_is_that_of_the_installed_package() -> None:
    assert "__version__" in dir(rxeryph)
    assert rxeryph.__version__ == metadata.version("rxeryph")


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match=r"'rxeryph' has no attribute 'reconnect'"):
        _ = rxeryph.reconnect  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"'rxeryph\.testing' has no attribute 'simulate'"):
        _ = testing.simulate  # type: ignore[attr-defined]
