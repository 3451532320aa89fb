"""What the fodder of a configuration must fulfil."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import names
from .names import Issues, check_name
from .variable_rules import check_variables

TYPES = (
    *("cloud-boothook", "cloud-config", "cloud-config-archive", "include-once-url", "include-url", "part-handler"),
    *("shellscript", "upstart-job"),
)
LONGEST_FILE_NAME = 255
_NOT_IN_FILE_NAMES = re.compile(r'["<>|:*?\\/\x00-\x1f]')


def check_fodder(issues: Issues, configuration: Mapping[str, object]) -> None:
    """Check each part of the fodder, and if all are well, whether they are distinct."""
    parts = configuration.get("fodder")
    if not isinstance(parts, list):
        return
    before = dict(issues)
    for index, part in enumerate(parts):
        if isinstance(part, dict):
            _check(issues, f"$.fodder[{index}]", part)
        else:
            issues[f"$.fodder[{index}]"] = ["The entry is null. Remove it."]
    if issues == before and (found := [*_repeated(parts), *_different_tags(parts)]):
        issues["$.fodder"] = found


def _check(issues: Issues, path: str, part: Mapping[str, object]) -> None:
    source = _given(part, "source")
    check_name(issues, f"{path}.name", names.FODDER, part.get("name"))
    check_name(issues, f"{path}.source", names.gene, source)
    if not _given(part, "name") and not source:
        issues.setdefault(path, []).append("The fodder has neither a name nor a source. Add one of them.")
    for member in ("type", "content", "filename", "secret"):
        if found := _unfit(part, member):
            issues[f"{path}.{member}"] = found
    variables = part.get("variables")
    if variables and part.get("remove"):
        issues[f"{path}.variables"] = ["Fodder that is removed has no variables. Remove them."]
    else:
        check_variables(issues, f"{path}.variables", variables)
        if source and isinstance(variables, list):
            _check_bindings(issues, f"{path}.variables", variables)
    if not part.get("remove") and not _given(part, "content") and not source:
        issues.setdefault(path, []).append("The fodder has neither content nor a source. Add one of them.")


def _unfit(part: Mapping[str, object], member: str) -> list[str]:
    """What is wrong with a member that only fodder with its own content may have."""
    value = part.get(member)
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    found = []
    if part.get("remove"):
        found.append(f"Fodder that is removed has no {member}. Leave it out.")
    if _given(part, "source"):
        found.append(f"Fodder with a source has no {member} of its own. Leave it out.")
    if not found and member == "type" and value not in TYPES:
        found.append(f"The type must be one of {', '.join(TYPES)}. Change it.")
    return found or (_unfit_file_name(str(value)) if member == "filename" else [])


def _unfit_file_name(name: str) -> list[str]:
    found = []
    if _NOT_IN_FILE_NAMES.search(name):
        found.append("The filename contains characters that file names of Windows cannot have. Remove them.")
    if len(name) > LONGEST_FILE_NAME:
        found.append(f"The filename must have at most {LONGEST_FILE_NAME} characters. Make it shorter.")
    return found


def _check_bindings(issues: Issues, path: str, variables: list[object]) -> None:
    for index, variable in enumerate(variables):
        for member in ("required", "type"):
            if isinstance(variable, dict) and variable.get(member) is not None:
                message = f"The variable of fodder with a source has no {member}. Leave it out."
                issues.setdefault(f"{path}[{index}]", []).append(message)


def _repeated(parts: list[Mapping[str, object]]) -> list[str]:
    keys = [_key(part) for part in parts]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    return [f"The fodder '{'->'.join(key)}' occurs more than once. Rename or remove one." for key in repeated]


def _key(part: Mapping[str, object]) -> tuple[str, str]:
    name, source = _given(part, "name").lower(), _with_tag(_given(part, "source").lower())
    # A catlet's own fodder may be marked with the parent it came from.
    return ("catlet" if not source or source.endswith(":catlet") else source, name)


def _different_tags(parts: list[Mapping[str, object]]) -> list[str]:
    tags: dict[str, set[str]] = {}
    for source in (_with_tag(_given(part, "source").lower()) for part in parts):
        if source:
            gene_set, _, tag = source.split(":")[1].rpartition("/")
            tags.setdefault(gene_set, set()).add(tag)
    several = {gene_set: found for gene_set, found in tags.items() if len(found) > 1}
    return [
        f"The gene set '{gene_set}' is used with several tags: {', '.join(sorted(found))}. Use one of them."
        for gene_set, found in several.items()
    ]


def _with_tag(source: str) -> str:
    head, colon, name = source.rpartition(":")
    return f"{head}/latest:{name}" if colon and head.count("/") == 1 else source


def _given(part: Mapping[str, object], member: str) -> str:
    """A string, or an empty one for a blank or absent one."""
    value = part.get(member)
    return value if isinstance(value, str) and value.strip() else ""
