"""The public packages load their names when they are first used, and type checkers see the same names."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module, metadata
from types import ModuleType

import pytest

import rxeryph
from rxeryph import testing

PACKAGES = [rxeryph, testing]
LAZY = """
import sys, rxeryph

def loaded(*names):
    return [name for name in sys.modules if name.startswith(names)]

assert not loaded("rxeryph.", "importlib.metadata", "jwt", "cryptography", "reactivex", "requests")
rxeryph.ComputeClient
assert not loaded("reactivex", "jwt", "cryptography")
rxeryph.connect
assert not loaded("jwt", "cryptography", "starlette", "typer")
"""


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


def test_nothing_is_loaded_before_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", LAZY], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_see_the_public_names(package: ModuleType) -> None:
    names = names_for_type_checkers(package)
    assert sorted(names) == [name for name in dir(package) if name != "__version__"]
    for name, value in names.items():
        assert getattr(package, name) is value
        assert inspect.getdoc(value)
        assert isinstance(value, ModuleType) or getattr(value, "__name__", "") == name


def test_the_version_is_that_of_the_installed_package() -> None:
    assert "__version__" in dir(rxeryph)
    assert rxeryph.__version__ == metadata.version("rxeryph")


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match=r"'rxeryph' has no attribute 'reconnect'"):
        _ = rxeryph.reconnect  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"'rxeryph\.testing' has no attribute 'simulate'"):
        _ = testing.simulate  # type: ignore[attr-defined]
