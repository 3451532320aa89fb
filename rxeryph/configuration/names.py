"""Strings by eryph's rules: names, gene sets, genes, paths. Each problem is a phrase that follows the string."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..arguments import described
from .refusal import invalid

Problems = Callable[[str], Iterator[str]]
"""What is wrong with a string, if anything."""

_MARKS = {".": "dots", "-": "hyphens", "_": "underscores"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name: letters, digits and ``marks``, with no mark at either end and no two of the same in a row."""

    longest: int = 50
    shortest: int = 1
    marks: str = ".-"

    def __call__(self, value: str) -> Iterator[str]:
        if not self.shortest <= len(value) <= self.longest:
            yield f"must have {self.shortest} to {self.longest} characters"
        named = " and ".join(_MARKS[mark] for mark in self.marks)
        if not re.fullmatch(rf"[A-Za-z0-9{self.marks}]*", value):
            yield f"may only have letters, digits{',' if len(self.marks) > 1 else ' and'} {named}"
        elif value.strip(self.marks) != value or any(mark * 2 in value for mark in self.marks):
            yield f"may not begin or end with one of its {named}, nor have two of the same in a row"


def variable_name(value: str) -> Iterator[str]:
    """A name with underscores anywhere and no digit first."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,49}", value):
        yield "is not a name for a variable: up to 50 letters, digits and _, no digit first"
    elif value.casefold() in ("catletid", "vmid"):
        yield "is the name of a variable that eryph sets itself"


CATLET = ENVIRONMENT = STORE = FODDER = Name()
PROJECT = LOCATION = GENE = Name(20)
DRIVE = NETWORK = SUBNET = POOL = Name(marks="-")
ADAPTER = Name(15, 2, "-")
CAPABILITY = Name(50, 3, "_")
ORGANIZATION = GENE_SET = Name(40, 3)
TAG = Name(20, 3)


def gene_set(value: str) -> Iterator[str]:
    """``organization/set`` or ``organization/set/tag``."""
    parts = value.split("/")
    if not 2 <= len(parts) <= 3:
        yield "is not a gene set such as dbosoft/ubuntu-24.04/starter"
    else:
        for noun, rule, part in zip(
            ("organization", "set", "tag"), (ORGANIZATION, GENE_SET, TAG), parts, strict=False
        ):
            yield from (f"is not a gene set: its {noun} {problem}" for problem in rule(part))


def gene(value: str) -> Iterator[str]:
    """``gene:organization/set[/tag]:name``."""
    parts = value.split(":")
    if len(parts) != 3 or parts[0] != "gene":
        yield "is not a gene such as gene:dbosoft/starter-food/1.0:win-starter"
    else:
        yield from gene_set(parts[1])
        yield from (f"is not a gene: its name {problem}" for problem in GENE(parts[2]))


def with_tag(value: str) -> str:
    """A gene set or gene with the tag that it means: ``latest`` if it has none."""
    return re.sub(r"^((?:gene:)?[^/:]+/[^/:]+)(?=:|$)", r"\1/latest", value)


def drive_source(value: str) -> Iterator[str]:
    """A gene, or the absolute path of a file on the Windows host."""
    if value.startswith("gene:"):
        yield from gene(value)
    elif (
        not re.fullmatch(r'(\\\\|[A-Za-z]:\\)[^/"<>|*?\x00-\x1f]*', value)
        or len(value) > 260
        or "\\.\\" in value
        or "\\..\\" in value
    ):
        yield r"is neither a gene, such as gene:dbosoft/ubuntu-24.04/starter:sda, nor a path, such as C:\disks\a.vhdx"


def file_name(value: str) -> Iterator[str]:
    """The name of a file, without folders."""
    if len(value) > 255 or re.search(r'[/\\:"<>|*?\x00-\x1f]', value):
        yield 'is not a file name: up to 255 characters, none of / \\ : " < > | * ?'


def mac_address(value: str) -> Iterator[str]:
    """Twelve hexadecimal digits, in pairs."""
    if not re.fullmatch(r"([0-9A-Fa-f]{2}[-:]?){5}[0-9A-Fa-f]{2}\n?", value):
        yield "is not a MAC address such as d2:ab:10:2f:9c:01"


def check_name(value: object, path: str, rule: Name) -> str:
    """``value`` if it is a name by ``rule``; else raises InvalidRequestError."""
    if not isinstance(value, str):
        raise invalid(path, f"expected a string, got {type(value).__name__}.")
    for problem in rule(value):
        raise invalid(path, f"{described(value)} {problem}.")
    return value
