"""Commands that read: they print what they find, and start nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.text import one_line
from . import exit_codes
from .connection import Connection
from .options import Format, Output
from .output.nouns import Document, Noun
from .output.printing import print_document, print_list, print_object
from .targets import names

if TYPE_CHECKING:
    from ..client import ComputeClient


@dataclass(frozen=True)
class Reading:
    """A server to read from, and how to print what is found."""

    connection: Connection
    output: Output

    @property
    def format(self) -> Format:
        """How to print."""
        return self.output.format

    def list(self, noun: Noun, find: Callable[[ComputeClient], Iterable[object]], *, empty: str = "") -> int:
        """Print a list of objects. ``empty`` is for people, when there is none."""
        with self.connection.plain() as api:
            found = find(api)
        print_list(found, noun, self.format, empty=empty)
        return exit_codes.SUCCESS

    def show(
        self,
        noun: Noun,
        given: Iterable[str],
        find: Callable[[ComputeClient, str], object],
        details: Callable[[Document], Iterable[str]] | None = None,
    ) -> int:
        """Print the object of each name or id that was given."""
        with self.connection.plain() as api:
            found = [find(api, each) for each in names(given)]
        print_object(found, noun, self.format, details)
        return exit_codes.SUCCESS

    def document(
        self, find: Callable[[ComputeClient], Mapping[str, object]], owner: Callable[[ComputeClient], str]
    ) -> int:
        """Print plain data, such as a configuration. ``owner`` finds the id of what it belongs to, for ``-o id``."""
        with self.connection.plain() as api:
            if self.format is Format.ID:
                print(one_line(owner(api)), flush=True)
                return exit_codes.SUCCESS
            found = dict(find(api))
        print_document(found, self.format)
        return exit_codes.SUCCESS
