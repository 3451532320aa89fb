"""Catlet specifications: their content in JSON or YAML, architectures, and values of variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..binding.shapes import STRING, ListOf, Member, Object
from ..problem import Invalid, Problem
from ..rows import VersionRow
from .catlet_rules import issues_of
from .catlets import INVALID, checked_configuration
from .configurations import within
from .names import Issues
from .names import variable as rule
from .reading import CORRELATION_ID
from .variable_rules import declared, wrong_value
from .yaml_content import yaml_configuration

ARCHITECTURE = "hyperv/amd64"
JSON, YAML = "application/json", "application/yaml"
_HYPERVISORS, _PROCESSORS = ("hyperv", "any"), ("amd64", "any")

_LINE_ENDING = re.compile("\r\n|[\r\n\f\x85\u2028\u2029]")

VERSION = CORRELATION_ID | {
    "configuration": Member(
        Object(
            {
                "content_type": Member(STRING, is_required=True, is_nullable=False),
                "content": Member(STRING, is_required=True, is_nullable=False),
            }
        ),
        is_required=True,
        is_nullable=False,
    ),
    "architectures": Member(ListOf(STRING)),
}
"""What the bodies with a version have in common."""


def wrong_content_type(value: object) -> str | None:
    """What is wrong with the type of the content."""
    return None if value in (JSON, YAML) else f"The content type must be {JSON} or {YAML}. Change it."


def new_version(
    body: Mapping[str, object], version_id: str, created: int, *, detail: str | None = INVALID
) -> VersionRow:
    """The version in a request, as a row.

    ``detail`` is what a refusal of its content says. Without one, it names the architectures that are wrong, too.
    """
    given = body["configuration"]
    members = given if isinstance(given, dict) else {}
    content_type, content = str(members["content_type"]), str(members["content"])
    configuration, found = _checked(content_type, content)
    issues = within(found, "$.configuration.content")
    architectures = body.get("architectures")
    wanted = architectures if isinstance(architectures, list) else []
    unknown = {f"$.architectures[{index}]": [why] for index, each in enumerate(wanted) if (why := wrong(each))}
    if detail is None:
        issues |= unknown
    if issues:
        raise Invalid(issues, detail)
    if unknown:
        raise Invalid(unknown)
    comment = body.get("comment")
    if "name" in configuration:
        configuration["name"] = str(configuration["name"]).lower()
    return VersionRow(
        version_id,
        created,
        comment if isinstance(comment, str) else "",
        content_type,
        _LINE_ENDING.sub("\n", content),
        configuration,
        tuple(dict.fromkeys(architecture(str(each)) for each in wanted)) or (ARCHITECTURE,),
    )


def wrong(value: object) -> str | None:
    """What is wrong with an architecture."""
    parts = value.lower().split("/") if isinstance(value, str) else []
    if parts == ["any"]:
        return None
    if len(parts) != 2:
        return f"The architecture must be hypervisor/processor, as {ARCHITECTURE}. Correct it."
    if parts[0] not in _HYPERVISORS:
        return f"The hypervisor must be one of {', '.join(_HYPERVISORS)}. Change it."
    if parts[1] not in _PROCESSORS:
        return f"The processor must be one of {', '.join(_PROCESSORS)}. Change it."
    return None


def architecture(value: str) -> str:
    """An architecture as the server writes it."""
    return "any" if value.lower() == "any/any" else value.lower()


def wanted_architecture(body: Mapping[str, object], version: VersionRow) -> str:
    """The architecture to deploy. Raises Problem 400 if the version does not have it."""
    given = body.get("architecture")
    if isinstance(given, str) and given.strip() and (found := wrong(given)):
        raise _refused("architecture", found)
    wanted = architecture(given) if isinstance(given, str) and given.strip() else ARCHITECTURE
    if wanted not in version.architectures:
        offered = ", ".join(version.architectures)
        raise _refused("architecture", f"The version has no {wanted}, only {offered}. Choose one of them.")
    return wanted


def deployment_variables(body: Mapping[str, object], configuration: Mapping[str, object]) -> dict[str, str]:
    """The values in a request for the variables of a configuration, by their names in lower case.

    Names that cannot be are reported first, then repeated and unknown ones, then values.
    """
    given = body["variables"]
    pairs = list(given.items()) if isinstance(given, dict) else []
    keys = [name.lower() for name, _ in pairs]
    known = declared(configuration.get("variables"))
    _refuse(
        f"The name of the variable '{name}' is not valid. {found[0]}" for name, _ in pairs if (found := rule(name))
    )
    _refuse(
        f"The variable '{key}' occurs more than once. Remove one."
        for key in dict.fromkeys(keys)
        if keys.count(key) > 1
    )
    _refuse(f"The configuration has no variable '{key}'. Remove it." for key in keys if key not in known)
    if any(value is None for _, value in pairs):
        raise Problem(500)  # the server fails on it too
    values = {key: str(value) for key, (_, value) in zip(keys, pairs, strict=True)}
    _refuse(
        f"The value of the variable '{key}' is not valid. {why}"
        for key, value in values.items()
        if (why := wrong_value(value, known[key].get("type")))
    )
    return values


def _refuse(messages: Iterable[str]) -> None:
    """Refuse the variables of a request if there are messages about them."""
    if found := list(messages):
        raise Invalid({"$.variables": found})


def _checked(content_type: str, content: str) -> tuple[dict[str, object], Issues]:
    if content_type == JSON:
        return checked_configuration(content)
    configuration, issues = yaml_configuration(content)
    return configuration, issues or issues_of(configuration)


def _refused(member: str, message: str) -> Problem:
    return Invalid({f"$.{member}": [message]})
