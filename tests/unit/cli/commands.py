"""What the tests of commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]
"""Runs a command; returns its exit code, stdout and stderr."""


def config(tmp_path: Path, content: object) -> str:
    path = tmp_path / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8-sig")
    return str(path)
