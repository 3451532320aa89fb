"""JSON to model and back, one module per noun. Nothing else knows marshmallow."""

from .catlet import load_catlet, load_catlets
from .operation import ListLoader, SnapshotLoader, dump_operation, load_operation, load_operations
from .problem import Problem, load_problem
from .project import load_project, load_projects
from .version import load_version

__all__ = [
    "ListLoader",
    "Problem",
    "SnapshotLoader",
    "dump_operation",
    "load_catlet",
    "load_catlets",
    "load_operation",
    "load_operations",
    "load_problem",
    "load_project",
    "load_projects",
    "load_version",
]
