"""Local files and JSON: read within limits, with errors that do not hold what was read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rxeryph.reading import read_file, read_json


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x\r\n" * 10)
    assert read_file(file) == read_file(str(file), 30) == b"x\r\n" * 10
    with pytest.raises(ValueError, match="larger than 0 KiB"):
        read_file(file, 29)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_not_an_ordinary_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match="not an ordinary file"):
            read_file(path)
    for path, error in ((tmp_path, IsADirectoryError), (tmp_path / "none", FileNotFoundError)):
        with pytest.raises(error):
            read_file(path)


@pytest.mark.parametrize("content", [b'{"secret', b"secret", b'"secret\xff"', b'["secret",' + b"[" * 100_000])
def test_an_error_does_not_hold_the_json(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"column|nested|UTF-8") as caught:
        read_json(content)
    assert type(caught.value) is ValueError
    assert caught.value.__context__ is None
    assert "secret" not in str(caught.value)
