"""The checks agree with what a real server was recorded to answer: the same paths are refused, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rxeryph.configuration import check_specification
from rxeryph.configuration.checking import violations
from rxeryph.configuration.kinds import Object
from rxeryph.configuration.rules import CATLET, NETWORKS
from rxeryph.errors import InvalidRequestError

RECORDED = Path(__file__).parents[2] / "recorded"
ROOT = "$.configuration"
PATHS = {
    r"POST /v1/catlets(/config/(validate|expand))?|PUT /v1/catlets/[0-9a-f-]+": CATLET,
    r"PUT /v1/projects/[^/]+/virtualnetworks/config": NETWORKS,
    r"(POST|PUT) /v1/catlet_specifications(/[^/]+)?": None,
}
"""Requests with a configuration, and its rules; those of specifications hold content."""


@dataclass(frozen=True)
class Case:
    """A configuration, and the paths that the server refused; ``fails`` if its operation failed."""

    name: str
    rule: Object | None
    configuration: Any
    refused: frozenset[str] = field(default_factory=frozenset)
    fails: bool = False


def cases() -> Iterator[Case]:
    for file in sorted((RECORDED / "conversations").glob("*.json")):
        for number, step in enumerate(json.loads(file.read_text(encoding="utf-8"))["steps"]):
            request = f"{step['method']} {step['path']}"
            rules = [rule for path, rule in PATHS.items() if re.fullmatch(path, request)]
            body = {str(name).lower(): value for name, value in step["json"].items()} if has_members(step) else {}
            if rules and body.get("configuration") is not None:
                configuration = json.loads(re.sub(r"\{[a-z.]+\}", "x", json.dumps(body["configuration"])))
                verdict = verdict_of(step["answer"])
                if verdict is not None:
                    yield Case(f"{file.stem}-{number}", rules[0], configuration, *verdict)


def has_members(step: dict[str, Any]) -> bool:
    return isinstance(step.get("json"), dict)


def verdict_of(answer: dict[str, Any]) -> tuple[frozenset[str], bool] | None:
    """The refused paths and whether the operation failed; None if the answer is not about the configuration."""
    body = answer.get("body")
    if not isinstance(body, dict):
        return None
    errors = body.get("errors", {})
    if answer["status"] == 200 and "is_valid" in body:
        errors = {f"{ROOT}{each['member'][1:]}": [] for each in errors}
    elif answer["status"] not in (202, 400):
        return None
    paths = {path.removesuffix(".$") for path in errors if path.startswith(ROOT)}
    if len(paths) < len(errors):
        return None
    return frozenset(paths), body.get("ended", answer.get("ended", {})).get("status") == "Failed"


def found(case: Case) -> set[str]:
    if case.rule is not None:
        return {each.path for each in violations(case.configuration, case.rule, ROOT)}
    try:
        check_specification(case.configuration["content"], case.configuration["content_type"])
    except InvalidRequestError as error:
        return {*error.errors}
    return set()


CASES = [*cases()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_configuration_is_refused_where_the_server_refused_it(case: Case) -> None:
    paths = found(case)
    if case.refused:
        # While it reads JSON, the server stops at the first problem. The checks find all.
        assert case.refused <= paths
        assert paths == case.refused or len(case.refused) == 1
    elif not case.fails:
        assert paths == set()


def test_the_recordings_have_configurations_of_each_kind() -> None:
    for rule in PATHS.values():
        assert {bool(case.refused) for case in CASES if case.rule is rule} == {True, False}
    assert any(case.fails and found(case) for case in CASES)


@pytest.mark.parametrize(
    ("document", "member", "rule"),
    [
        ("configuration of a catlet with parent", "configuration", CATLET),
        ("configuration of a catlet without parent", "configuration", CATLET),
        ("specification version", "variants/0/built_config", CATLET),
        ("network configuration", "configuration", NETWORKS),
    ],
)
def test_every_member_that_the_server_was_seen_to_report_has_a_rule(document: str, member: str, rule: Object) -> None:
    found: Any = json.loads((RECORDED / "documents.json").read_text(encoding="utf-8"))[document]
    for name in member.split("/"):
        found = found[int(name) if name.isdecimal() else name]
    refused = {each.path for each in violations(found, rule, ROOT)}
    assert refused - {each.path for each in violations(found, rule, ROOT, unknown="allow")} == set()
