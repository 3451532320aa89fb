"""JSON to model and back, one module per noun. No other room imports marshmallow."""

from .catlet import load_catlet, load_catlets
from .client import load_client, load_client_with_secret, load_clients
from .configuration import load_configuration
from .disk import load_virtual_disk, load_virtual_disks
from .gene import load_gene, load_genes
from .member import load_project_member, load_project_members
from .network import load_virtual_network, load_virtual_networks
from .operation import dump_operation, load_head, load_operation, load_operations
from .option import load_options
from .problem import Problem, load_problem
from .project import load_project, load_projects
from .slices import ListSlicer, Slices
from .snapshot_loader import SnapshotLoader
from .specification import (
    load_specification,
    load_specification_version,
    load_specification_versions,
    load_specifications,
)
from .validation import load_validation_result
from .version import load_version

__all__ = [
    "ListSlicer",
    "Problem",
    "Slices",
    "SnapshotLoader",
    "dump_operation",
    "load_catlet",
    "load_catlets",
    "load_client",
    "load_client_with_secret",
    "load_clients",
    "load_configuration",
    "load_gene",
    "load_genes",
    "load_head",
    "load_operation",
    "load_operations",
    "load_options",
    "load_problem",
    "load_project",
    "load_project_member",
    "load_project_members",
    "load_projects",
    "load_specification",
    "load_specification_version",
    "load_specification_versions",
    "load_specifications",
    "load_validation_result",
    "load_version",
    "load_virtual_disk",
    "load_virtual_disks",
    "load_virtual_network",
    "load_virtual_networks",
]
