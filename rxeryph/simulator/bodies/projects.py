"""The body that makes a project."""

from __future__ import annotations

from collections.abc import Mapping

from ..problem import Invalid, Problem
from . import names
from .names import Issues, check_name


def project_name(body: Mapping[str, object]) -> str:
    """The name of a new project in lower case."""
    name = str(body["name"])
    issues: Issues = {}
    check_name(issues, "$.name", names.project, name)
    if name.lower() == "default":
        issues["$.name"] = ["The project name 'default' is reserved. Choose another."]
    if issues:
        raise Invalid(issues)
    if not name.strip():
        raise Problem(500)  # the server fails on it too
    return name.lower()
