"""Configurations as commands take them: a file or stdin, a name, a project, and values for variables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..configuration import Unknown, check_configuration, plain_data
from ..errors import ConfigurationError, InvalidRequestError
from .options import Format
from .parsing import pairs
from .reporting import say
from .targets import STDIN, read_stdin


def configuration(
    file: str, *, name: str | None = None, project: str | None = None, unknown: Unknown = "refuse"
) -> dict[str, object]:
    """The catlet configuration in ``file``, with another name and project if they are given.

    Raises InvalidRequestError for one that is not valid, and ConfigurationError for an empty name or path.
    """
    changes = {member: value for member, value in (("name", name), ("project", project)) if value is not None}
    for member, value in changes.items():
        if not value.strip():
            raise ConfigurationError(
                f"--{member} is empty. Give a name, or leave the option out.", place=f"--{member}"
            )
    found = check_configuration(source(file), unknown=unknown)
    return check_configuration({**found, **changes}, unknown=unknown) if changes else found


def source(file: str) -> str | Path:
    """What the library reads a configuration from: the text on stdin, or a path. Raises ConfigurationError."""
    if not file:
        raise ConfigurationError("The path of the configuration is empty. Give a file, or - for stdin.", place="FILE")
    return read_stdin() if file == STDIN else Path(file)


def variables(
    configuration: Mapping[str, object], given: list[str] | None, files: Iterable[Path] | None, format: Format
) -> dict[str, Any] | None:
    """The values of ``--var`` and of the files of ``--var-file``, where the last one wins; None if there is none.

    Says which of them a configuration with a parent does not declare itself; without a parent the library refuses
    them. Raises ConfigurationError and InvalidRequestError. No message shows a value.
    """
    found: dict[str, Any] = {}
    for file in files or ():
        found |= _values(file)
    found |= pairs(given, "--var")
    for name, value in found.items():
        if isinstance(value, dict | list):
            raise ConfigurationError(
                f"--var-file: {name} is no single value. Write NAME: VALUE on each line.", place="--var-file"
            )
    declared = configuration.get("variables")
    known = {str(each["name"]).casefold() for each in declared} if isinstance(declared, list) else set()
    undeclared = [each for each in found if each.casefold() not in known]
    if undeclared and configuration.get("parent") and format is not Format.JSON:
        say(
            f"The configuration declares no variable {' and no '.join(map(repr, undeclared))}. A value has no effect"
            " unless the parent declares it; to see all, run: rxeryph catlet variables FILE"
        )
    return found or None


def _values(file: Path) -> dict[str, object]:
    try:
        if file.suffix or file.exists():
            return plain_data(file)
        reasons = [f"{file} cannot be read: No such file or directory."]
    except InvalidRequestError as error:
        reasons = [each for sentences in error.errors.values() for each in sentences]
    raise ConfigurationError(
        f"--var-file: {' '.join(reasons)} Give a file with NAME: VALUE on each line.", place="--var-file"
    )


def readable(value: object) -> str:
    """A value of a configuration in one line."""
    return json.dumps(value, ensure_ascii=False)
