"""The rules for names, as the server's library for configurations has them.

Strings that are empty or blank count as absent wherever a name is optional.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Issues: TypeAlias = "dict[str, list[str]]"
"""What is wrong with a body: messages by JSON path."""

Rule: TypeAlias = Callable[[str], list[str]]
"""What is wrong with a string: messages, each about one fault."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_WORDS = {".": "dots", "-": "hyphens", "_": "underscores"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name of letters, digits and ``separators``."""

    label: str
    separators: str
    shortest: int
    longest: int

    def __call__(self, value: str) -> list[str]:
        """What is wrong with ``value``."""
        words = " and ".join(_WORDS[each] for each in self.separators)
        found = []
        if set(value) - _LETTERS - set(self.separators):
            found.append(f"The {self.label} may contain Latin letters, digits and {words} only. Remove the rest.")
        elif value:
            if any(each * 2 in value for each in self.separators):
                found.append(f"The {self.label} has two {words} in a row. Remove one.")
            if value[0] in self.separators:
                found.append(f"The {self.label} begins with one of its {words}. Begin it with a letter or digit.")
            if value[-1] in self.separators:
                found.append(f"The {self.label} ends with one of its {words}. End it with a letter or digit.")
        if len(value) < self.shortest:
            found.append(f"The {self.label} must have at least {self.shortest} characters. Make it longer.")
        if len(value) > self.longest:
            found.append(f"The {self.label} must have at most {self.longest} characters. Make it shorter.")
        return found


CATLET = Name("catlet name", ".-", 1, 50)
ENVIRONMENT = Name("environment name", ".-", 1, 50)
DATA_STORE = Name("data store name", ".-", 1, 50)
LOCATION = Name("storage identifier", ".-", 1, 20)
DRIVE = Name("drive name", "-", 1, 50)
ADAPTER = Name("network adapter name", "-", 2, 15)
CAPABILITY = Name("capability name", "_", 3, 50)
NETWORK = Name("network name", "-", 1, 50)
SUBNET = Name("subnet name", "-", 1, 50)
IP_POOL = Name("IP pool name", "-", 1, 50)
FODDER = Name("fodder name", ".-", 1, 50)
_PROJECT = Name("project name", ".-", 1, 20)
_GENE = Name("gene name", ".-", 1, 20)
_GENE_SET = (
    Name("organization name", ".-", 3, 40),
    Name("gene set name", ".-", 3, 40),
    Name("tag name", ".-", 3, 20),
)


def project(value: str) -> list[str]:
    """What is wrong with the name of a project."""
    reserved = ["The project name begins with 'p_', which is reserved. Begin it with something else."]
    return _PROJECT(value) + (reserved if value.lower().startswith("p_") else [])


def variable(value: str) -> list[str]:
    """What is wrong with the name of a variable."""
    found = []
    if set(value) - _LETTERS - {"_"}:
        found.append("The variable name may contain Latin letters, digits and underscores only. Remove the rest.")
    if not 1 <= len(value) <= 50:
        found.append("The variable name must have between 1 and 50 characters. Change its length.")
    if not found and value[0].isdigit():
        found.append("The variable name begins with a digit. Begin it with a letter.")
    return found


def gene_set(value: str) -> list[str]:
    """What is wrong with the name of a gene set: of its first part that is wrong."""
    parts = value.split("/")
    if len(parts) not in (2, 3):
        return ["The gene set must be org/set or org/set/tag. Correct it."]
    return next((found for rule, part in zip(_GENE_SET, parts, strict=False) if (found := rule(part))), [])


def gene(value: str) -> list[str]:
    """What is wrong with the name of a gene: of its first part that is wrong."""
    parts = value.split(":")
    if len(parts) != 3 or parts[0] != "gene":
        return ["The gene must be gene:org/set/tag:name. Correct it."]
    return gene_set(parts[1]) or _GENE(parts[2])


def check_name(issues: Issues, path: str, rule: Rule, value: object, *, is_required: bool = False) -> None:
    """Check a string and add what is wrong with it to ``issues``."""
    if not isinstance(value, str) or not value.strip():
        if is_required:
            issues.setdefault(path, []).append(f"The {path.rpartition('.')[2]} is missing. Add it.")
    elif found := rule(value):
        issues.setdefault(path, []).extend(found)
