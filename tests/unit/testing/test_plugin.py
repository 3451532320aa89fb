"""The pytest plugin, in a pytest of its own: what the fixtures give, what the markers take, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path


def run(folder: Path, source: str, code: int = 0, *, is_loaded_by_itself: bool = False) -> str:
    """The output of pytest on one test file in a folder of its own."""
    (folder / "test_it.py").write_text(textwrap.dedent(source), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--strict-markers", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    if not is_loaded_by_itself:  # the plugins of others cost seconds
        command += ["-p", "rxeryph"]
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", errors="replace", timeout=120
    )
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    return output


def test_each_test_has_a_simulator_and_a_connection_of_its_own(tmp_path: Path) -> None:
    source = """
        import threading
        import rxeryph
        from rxeryph.simulator import Simulator

        def create(eryph: rxeryph.Eryph) -> None:
            assert not eryph.catlets.list()
            eryph.catlets.create({"name": "web"}).wait(30).raise_for_status()
            assert [catlet.name for catlet in eryph.catlets.list()] == ["web"]

        def test_one(eryph_simulator, eryph):
            assert isinstance(eryph_simulator, Simulator)
            create(eryph)
            assert eryph_simulator.requests

        def test_other(eryph):
            create(eryph)

        def test_no_thread_is_left():
            assert threading.active_count() == 1
    """
    assert "3 passed" in run(tmp_path, source, is_loaded_by_itself=True)


def test_markers_set_the_arguments_and_the_nearest_one_wins(tmp_path: Path) -> None:
    source = """
        import pytest
        import rxeryph
        from rxeryph.errors import AccessDeniedError

        pytestmark = pytest.mark.eryph_simulator(api_version=(1, 1), log_bug=False, seed=1)

        @pytest.mark.eryph_simulator(tls=True, api_version=(1, 0))
        def test_here(eryph_simulator, eryph):
            assert eryph_simulator.endpoint.startswith("https://localhost:")
            assert eryph.version() == rxeryph.model.ApiVersion(1, 0)

        @pytest.mark.eryph_simulator(speed=0)
        @pytest.mark.eryph(scopes=["compute:read"], polling=rxeryph.polling.fixed(0.5))
        def test_there(eryph_simulator, eryph):
            assert eryph.version() == rxeryph.model.ApiVersion(1, 1)
            with pytest.raises(AccessDeniedError):
                eryph.catlets.create({"name": "web"})

        @pytest.mark.eryph_simulator(seconds_per_request=5.0)
        def test_time_passes_with_each_request(eryph):
            assert eryph.catlets.create({"name": "web"}).wait(30).succeeded
    """
    run(tmp_path, source)


def test_a_wrong_argument_of_a_marker_is_refused(tmp_path: Path) -> None:
    source = """
        import pytest

        @pytest.mark.eryph_simulator(spede=3)
        def test_misspelt(eryph):
            raise NotImplementedError

        @pytest.mark.eryph(endpoint="http://127.0.0.1:1")
        def test_not_for_a_simulator(eryph):
            raise NotImplementedError

        @pytest.mark.eryph_simulator(3)
        def test_without_a_name(eryph_simulator):
            raise NotImplementedError
    """
    output = run(tmp_path, source, code=1)
    assert "@pytest.mark.eryph_simulator has no argument 'spede'. There are: seed, speed, " in output
    assert "@pytest.mark.eryph has no argument 'endpoint'. There are: client_id, scopes, polling," in output
    assert "@pytest.mark.eryph_simulator takes named arguments only, not 3." in output
    assert "3 errors" in output
    assert "Traceback" not in output


def test_without_the_extra_the_fixture_says_what_to_install(tmp_path: Path) -> None:
    source = """
        import sys

        sys.modules["uvicorn"] = None

        def test_it(eryph):
            raise NotImplementedError

        def test_without_it():
            import rxeryph.testing
            assert rxeryph.testing.connect_to
    """
    output = run(tmp_path, source, code=1)
    assert 'needs uvicorn. Run: python -m pip install "rxeryph[testing]"' in output
    assert "1 passed, 1 error" in output


def test_pytest_starts_without_loading_anything_of_the_library(tmp_path: Path) -> None:
    source = """
        import sys

        def test_it():
            loaded = {name for name in sys.modules if name.partition(".")[0] in ("rxeryph", "reactivex", "uvicorn")}
            assert loaded == {"rxeryph", "rxeryph.lazy", "rxeryph.testing", "rxeryph.testing.plugin"}
    """
    run(tmp_path, source)
