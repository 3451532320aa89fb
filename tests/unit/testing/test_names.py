"""``rxeryph.testing`` gives every public name when it is asked for, the simulator's only where that is installed."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import rxeryph.simulator
from rxeryph import testing

WITHOUT = """
import sys
sys.modules["starlette"] = None
from rxeryph import testing
assert "rxeryph.session" not in sys.modules and "reactivex" not in sys.modules
assert testing.play({0: testing.operation("Completed")}).wait(1).succeeded
assert not any(name.startswith("rxeryph.simulator") for name in sys.modules)
try:
    from rxeryph.testing import Log
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize("name", testing.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(testing, name)
    assert name in dir(testing)
    assert inspect.getdoc(value)
    assert value.__name__ == name


def test_the_words_of_a_script_are_the_simulator_s_own() -> None:
    shared = set(testing.__all__) & set(rxeryph.simulator.__all__)
    assert shared >= {"Cancellable", "Fail", "Hang", "Log", "Orphan", "Pause", "Task", "Together", "Usual"}
    for name in shared:
        assert getattr(testing, name) is getattr(rxeryph.simulator, name)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match=r"'rxeryph\.testing' has no attribute 'simulate'"):
        _ = testing.simulate  # type: ignore[attr-defined]


def test_without_the_extra_there_is_all_that_needs_no_server() -> None:
    command = [sys.executable, "-W", "error", "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    expected = 'rxeryph.testing.Log needs starlette. Run: python -m pip install "rxeryph[testing]"'
    assert done.stdout.strip() == expected
