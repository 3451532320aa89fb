"""What the search for credentials needs from a machine: folders, variables, processes, decryption."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from ..errors import ConfigurationError
from ..reading import read_file

Platform: TypeAlias = Literal["windows", "linux", "macos"]


class Unavailable(Exception):
    """A place has no answer, and why; the search continues. A place that is broken raises ConfigurationError."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything the search needs from a machine. An object with other values describes another machine.

    ``process_name`` returns the name of a running process, "" if it may not be read, None if there is none.
    ``unprotect`` decrypts a blob of Windows' DPAPI with some entropy, or raises OSError.
    """

    platform: Platform
    variables: Mapping[str, str] = field(repr=False)  # a client secret may be among them
    home: Path
    directory: Path
    process_name: Callable[[int], str | None]
    unprotect: Callable[[bytes, bytes | None], bytes]
    root: Path = Path("/")
    read: Callable[[Path], bytes] = read_file

    def variable(self, name: str) -> str | None:
        """A variable's value, None if it is unset or empty."""
        return self.variables.get(name) or None

    def user_folders(self) -> tuple[Path, ...]:
        """Where a user's settings are, the more common place first."""
        if self.platform == "windows":
            return (self._folder("APPDATA", self.home / "AppData" / "Roaming"),)
        unix = self._folder("XDG_CONFIG_HOME", self.home / ".config")
        # On macOS, .NET 8 and newer uses another folder than the Ruby client.
        return (unix, self.home / "Library" / "Application Support") if self.platform == "macos" else (unix,)

    def system_folders(self) -> tuple[Path, ...]:
        """Where settings for all users are: the Ruby client's place, then that of .NET."""
        if self.platform == "windows":
            return (self._program_data(),)
        return (self.root / "etc", self.root / "usr" / "share")

    def server_folders(self) -> tuple[Path, ...]:
        """Where servers of this machine keep their files: the Ruby client's place, then that of .NET."""
        if self.platform == "windows":
            return (self._program_data() / "eryph",)
        return (self.root / "var" / "lib" / "eryph", self.root / "usr" / "share" / "eryph")

    def text_of(self, path: Path) -> str | None:
        """A file's text without a byte order mark, None when there is no such file.

        Raises Unavailable when it may not be read, and ConfigurationError when it is not a text file of normal size.
        """
        try:
            return self.read(path).decode("utf-8-sig")
        except UnicodeDecodeError:
            reason = "it is not UTF-8 text"
        except ValueError as error:
            reason = str(error)
        except OSError as error:
            check_absent(error)
            return None
        raise ConfigurationError(f"{path}: {reason}.", place=str(path))

    def _program_data(self) -> Path:
        return self._folder("PROGRAMDATA", self.root / "ProgramData")

    def _folder(self, name: str, otherwise: Path) -> Path:
        value = self.variable(name)
        return Path(value) if value and Path(value).is_absolute() else otherwise


def check_absent(error: OSError) -> None:
    """Raise Unavailable, unless the error means that there is no such file."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return
    raise Unavailable(f"it cannot be read: {error.strerror or error}") from error


def this_machine() -> Environment:
    """The environment of this process, as it is now. Raises ConfigurationError if it has no folder to work in."""
    from .dpapi import unprotect

    try:
        home, directory = Path.home(), Path.cwd()
    except (OSError, RuntimeError):
        raise ConfigurationError(
            "This process has no home directory, or its current directory was removed. Set HOME, or change to another"
            " folder.",
            place="current directory",
        ) from None
    platforms: dict[str, Platform] = {"win32": "windows", "darwin": "macos"}
    return Environment(
        platform=platforms.get(sys.platform, "linux"),
        variables=os.environ,
        home=home,
        directory=directory,
        process_name=_process_name,
        unprotect=unprotect,
        root=Path("C:/") if sys.platform == "win32" else Path("/"),
    )


def _process_name(process_id: int) -> str | None:
    import psutil  # only when a lock file names a process

    try:
        process = psutil.Process(process_id)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.name()
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        return None
    except psutil.AccessDenied:
        return ""
