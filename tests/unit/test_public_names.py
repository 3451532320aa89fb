"""``import rxeryph`` is light, and gives every public name when it is asked for."""

from __future__ import annotations

import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import rxeryph

LOOK = """
import sys, rxeryph
heavy = ("rxeryph.", "jwt", "cryptography", "reactivex", "requests")
loaded = [name for name in sys.modules if name.startswith(heavy)]
assert not loaded, loaded
rxeryph.connect
assert "jwt" not in sys.modules and "cryptography" not in sys.modules
assert "starlette" not in sys.modules and "typer" not in sys.modules
"""


def test_nothing_is_loaded_before_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", LOOK], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", rxeryph.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(rxeryph, name)
    assert name in dir(rxeryph)
    assert inspect.getdoc(value)
    assert isinstance(value, ModuleType) or value.__name__ == name


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'reconnect'"):
        _ = rxeryph.reconnect  # type: ignore[attr-defined]
