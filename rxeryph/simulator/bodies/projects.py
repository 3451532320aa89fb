"""The body that makes a project."""

from __future__ import annotations

from collections.abc import Mapping

from ..problem import Problem
from .names import Issues, check_name


def project_name(body: Mapping[str, object]) -> str:
    """The name of a new project in lower case."""
    name = body.get("name")
    if name is None:
        raise Problem(400, errors={"$.name": ["The name field is required."]})
    issues: Issues = {}
    check_name(issues, "$.name", "project name", name, 20, has_dots=True)
    if isinstance(name, str) and name.lower() == "default":
        issues["$.name"] = ["The project name 'default' is reserved."]
    if issues:
        raise Problem(400, errors=issues)
    return str(name).lower()
