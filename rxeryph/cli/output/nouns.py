"""What is printed of each kind of object: one declaration has the JSON members and the columns of the table.

The JSON of an object has the members of its class in ``rxeryph.model``, without those that are unknown, and the
derived members declared here. A column shows one of these members, by its path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from ...model.plain import to_plain

Document = dict[str, Any]


class As(Enum):
    """How a column shows a value to people."""

    TEXT = "as it is"
    AGO = "a time as how long ago it was"
    SECONDS = "a number of seconds as a duration"
    BYTES = "a number of bytes as a size"
    SHORT_ID = "the first 8 characters of an id"


class Column(NamedTuple):
    """One member of an object in a table. ``path`` leads to it; in a list it leads to that member of each item.

    In a narrow table, wide columns are cut first, and then columns that are ``spare`` are left out, the last first.
    """

    path: str
    title: str
    kind: As = As.TEXT
    spare: bool = False

    def value(self, document: Document) -> object:
        """The value in a document; None if there is none."""
        return _member(document, self.path.split("."))


@dataclass(frozen=True)
class Noun:
    """One kind of object: its columns, and members that are derived from it."""

    name: str
    columns: tuple[Column, ...]
    derived: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    key: str = "id"
    """The member that names the object in other commands."""
    has_order: bool = False
    """True if the server's order means something; others are sorted by what the table shows."""
    without: tuple[str, ...] = ()
    """Members that are not printed, because they were not requested."""

    def document(self, value: object) -> Document:
        """The JSON of an object."""
        plain = to_plain(value)
        assert isinstance(plain, dict)
        document = {name: each for name, each in plain.items() if name not in self.without}
        found = {name: to_plain(derive(value)) for name, derive in self.derived.items()}
        return document | {name: each for name, each in found.items() if each is not None}

    def documents(self, values: Iterable[Any]) -> list[Document]:
        """The JSON of objects, in the order in which they are printed."""
        found = [self.document(each) for each in values]
        return found if self.has_order else sorted(found, key=self._place)

    def _place(self, document: Document) -> list[str]:
        return [str(each.value(document) or "").casefold() for each in self.columns]


def _member(value: object, path: list[str]) -> object:
    if isinstance(value, list):
        items = [_member(each, path) for each in value]
        flat = [part for item in items for part in (item if isinstance(item, list) else [item])]
        return [each for each in flat if each is not None]
    if not path:
        return value
    return _member(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else None


ID = Column("id", "ID", spare=True)
PROJECT = Column("project.name", "PROJECT", spare=True)

OPERATION = Noun(
    "operation",
    (
        Column("id", "ID", As.SHORT_ID),
        Column("status", "STATUS"),
        Column("title", "OPERATION"),
        Column("created", "CREATED", As.AGO, spare=True),
        Column("duration", "DURATION", As.SECONDS, spare=True),
        Column("projects.name", "PROJECT", spare=True),
    ),
    {"title": lambda each: each.title, "duration": lambda each: each.duration},
    has_order=True,
    without=("log_entries",),
)
CATLET = Noun(
    "catlet",
    (
        Column("name", "NAME"),
        Column("status", "STATUS"),
        Column("project.name", "PROJECT"),
        Column("networks.ip_v4_addresses", "ADDRESSES", spare=True),
        ID,
    ),
    {"cpu_count": lambda each: each.cpu_count, "memory_startup": lambda each: each.memory_startup},
)
PROJECTS = Noun("project", (Column("name", "NAME"), ID))
MEMBER = Noun(
    "member",
    (Column("id", "ID"), Column("member_id", "CLIENT"), Column("role_name", "ROLE"), PROJECT),
)
DISK = Noun(
    "disk",
    (
        Column("name", "NAME"),
        Column("status", "STATUS"),
        Column("size_bytes", "SIZE", As.BYTES),
        Column("project.name", "PROJECT"),
        Column("location", "LOCATION", spare=True),
        ID,
    ),
)
NETWORK = Noun(
    "network",
    (
        Column("name", "NAME"),
        Column("ip_network", "ADDRESSES"),
        Column("project.name", "PROJECT"),
        Column("environment", "ENVIRONMENT", spare=True),
        ID,
    ),
)
GENE = Noun(
    "gene",
    (
        Column("gene_type", "TYPE", spare=True),
        Column("gene_set", "GENE SET"),
        Column("name", "NAME"),
        Column("size", "SIZE", As.BYTES, spare=True),
        Column("architecture", "ARCHITECTURE", spare=True),
        Column("id", "ID"),
    ),
)
SPEC = Noun(
    "spec",
    (
        Column("name", "NAME"),
        Column("project.name", "PROJECT"),
        Column("latest.created_at", "CHANGED", As.AGO, spare=True),
        Column("catlet_id", "CATLET", spare=True),
        Column("id", "ID"),
    ),
)
SPEC_VERSION = Noun(
    "version",
    (Column("id", "ID"), Column("created_at", "CREATED", As.AGO), Column("comment", "COMMENT")),
    has_order=True,
)
SPEC_CONTENT = Noun(
    "version",
    SPEC_VERSION.columns,
    {
        "content_type": lambda each: each.configuration and each.configuration.content_type,
        "content": lambda each: each.configuration and each.configuration.content,
    },
)
CLIENT = Noun(
    "client",
    (
        Column("id", "ID"),
        Column("name", "NAME"),
        Column("allowed_scopes", "SCOPES"),
        Column("roles", "ROLES", spare=True),
    ),
)
CHOICE = Noun("choice", (Column("name", "NAME"), Column("site", "SITE")), key="name")
ISSUE = Noun("issue", (Column("member", "MEMBER"), Column("message", "PROBLEM")), key="member")

CANCELLATION = Noun("request", (Column("operation_id", "OPERATION"),), key="operation_id")

ALL = (
    OPERATION,
    CATLET,
    PROJECTS,
    MEMBER,
    DISK,
    NETWORK,
    GENE,
    SPEC,
    SPEC_VERSION,
    SPEC_CONTENT,
    CLIENT,
    CHOICE,
    ISSUE,
    CANCELLATION,
)
