"""The real machine behind the search: processes by id, folders by variable, no decryption except on Windows."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from rxeryph.credentials.environment import this_machine
from rxeryph.errors import ConfigurationError

from .machines import Machine


def test_a_process_is_known_by_its_id() -> None:
    process_name = this_machine().process_name
    assert process_name(os.getpid()) == psutil.Process().name()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert process_name(ended.pid) is None


def test_a_folder_that_is_not_absolute_counts_as_not_set(tmp_path: Path) -> None:
    environment = Machine(tmp_path, XDG_CONFIG_HOME="relative").environment
    assert environment.user_folders() == (tmp_path / "home" / ".config",)
    assert replace(environment, variables={"XDG_CONFIG_HOME": ""}).user_folders() == environment.user_folders()


def test_windows_own_folders_are_guessed_where_no_variable_names_them(tmp_path: Path) -> None:
    environment = replace(Machine(tmp_path, "windows").environment, variables={})
    assert environment.user_folders() == (tmp_path / "home" / "AppData" / "Roaming",)
    assert environment.system_folders() == (tmp_path / "ProgramData",)
    assert environment.server_folders() == (tmp_path / "ProgramData" / "eryph",)


@pytest.mark.parametrize("process_id", [-1, 2**31, 2**64])
def test_an_impossible_process_does_not_exist(process_id: int) -> None:
    assert this_machine().process_name(process_id) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that is in use")
def test_a_current_directory_that_was_removed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ConfigurationError, match="its current directory was removed"):
        this_machine()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows decrypts")
def test_only_windows_decrypts() -> None:
    with pytest.raises(OSError, match="only be read on that machine"):
        this_machine().unprotect(b"", None)
