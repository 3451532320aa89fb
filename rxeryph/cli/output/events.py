"""Events for programs: one document for each, with the name of the operation next to its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..options import Format
from .json_lines import JsonView
from .machines import yaml_text

if TYPE_CHECKING:
    from ...events import AnyEvent


class YamlView(JsonView):
    """Prints what ``JsonView`` does as documents of YAML."""

    def write(self, document: Mapping[str, object]) -> None:
        print(f"---\n{yaml_text(dict(document))}", flush=True)


class Silence(JsonView):
    """Prints nothing."""

    def show(self, event: AnyEvent) -> None:
        pass


def documents(names: Mapping[str, str], format: Format) -> JsonView:
    """The view for a format of programs."""
    return {Format.ID: Silence, Format.YAML: YamlView}.get(format, JsonView)(names)
