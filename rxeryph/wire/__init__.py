"""JSON to model and back, one module per noun. Nothing else knows marshmallow."""

from .catlet import load_catlet, load_catlets
from .disk import load_virtual_disk, load_virtual_disks
from .network import load_virtual_network, load_virtual_networks
from .operation import ListLoader, SnapshotLoader, dump_operation, load_operation, load_operations
from .problem import Problem, load_problem
from .project import load_project, load_projects
from .validation import load_validation_result
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
    "load_validation_result",
    "load_version",
    "load_virtual_disk",
    "load_virtual_disks",
    "load_virtual_network",
    "load_virtual_networks",
]
