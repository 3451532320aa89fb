"""``rxeryph.testing`` has the simulator's names only where the simulator is installed."""

from __future__ import annotations

import subprocess
import sys

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


def test_the_words_of_a_script_are_the_simulator_s_own() -> None:
    shared = set(dir(testing)) & set(rxeryph.simulator.__all__)
    assert shared >= {"Cancellable", "Fail", "Hang", "Log", "Orphan", "Pause", "Task", "Together", "Usual"}
    for name in shared:
        assert getattr(testing, name) is getattr(rxeryph.simulator, name)


def test_without_the_extra_there_is_all_that_needs_no_server() -> None:
    command = [sys.executable, "-W", "error", "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    expected = 'rxeryph.testing.Log needs starlette. Run: python -m pip install "rxeryph[testing]"'
    assert done.stdout.strip() == expected
