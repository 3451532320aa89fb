"""Packages whose names are loaded when they are first used, so that a program loads only what it needs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping


def lazily(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` for ``package``, which is given by its ``__name__``.

    ``modules`` has the names, separated by spaces, by the module that defines them. A module that is itself a public
    name is listed among the names of the package, ``"."``.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def load(name: str) -> object:
        from importlib import import_module

        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if places[name] == ".":
            return import_module(f".{name}", package)  # which sets the attribute too
        value = getattr(import_module(places[name], package), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted(places)

    return load, names
