"""The version is that of the installed package."""

from __future__ import annotations

from importlib import metadata

import pytest

from rxeryph import about


def test_the_version_is_that_of_the_installed_package() -> None:
    assert about.version() == metadata.version("rxeryph")


def test_sources_that_are_not_installed_have_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert about.version() == "0+unknown"
