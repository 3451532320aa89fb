"""JSON to model and back, one module per noun. No other room imports marshmallow."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .catlet import load_catlet as load_catlet
    from .catlet import load_catlets as load_catlets
    from .client import load_client as load_client
    from .client import load_client_with_secret as load_client_with_secret
    from .client import load_clients as load_clients
    from .configuration import load_configuration as load_configuration
    from .disk import load_virtual_disk as load_virtual_disk
    from .disk import load_virtual_disks as load_virtual_disks
    from .gene import load_gene as load_gene
    from .gene import load_genes as load_genes
    from .member import load_project_member as load_project_member
    from .member import load_project_members as load_project_members
    from .network import load_virtual_network as load_virtual_network
    from .network import load_virtual_networks as load_virtual_networks
    from .operation import dump_operation as dump_operation
    from .operation import load_head as load_head
    from .operation import load_operation as load_operation
    from .operation import load_operations as load_operations
    from .option import load_options as load_options
    from .problem import Problem as Problem
    from .problem import load_problem as load_problem
    from .project import load_project as load_project
    from .project import load_projects as load_projects
    from .slices import ListSlicer as ListSlicer
    from .slices import Slices as Slices
    from .snapshot_loader import SnapshotLoader as SnapshotLoader
    from .specification import load_specification as load_specification
    from .specification import load_specification_version as load_specification_version
    from .specification import load_specification_versions as load_specification_versions
    from .specification import load_specifications as load_specifications
    from .validation import load_validation_result as load_validation_result
    from .version import load_version as load_version
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            ".catlet": "load_catlet load_catlets",
            ".client": "load_client load_client_with_secret load_clients",
            ".configuration": "load_configuration",
            ".disk": "load_virtual_disk load_virtual_disks",
            ".gene": "load_gene load_genes",
            ".member": "load_project_member load_project_members",
            ".network": "load_virtual_network load_virtual_networks",
            ".operation": "dump_operation load_head load_operation load_operations",
            ".option": "load_options",
            ".problem": "Problem load_problem",
            ".project": "load_project load_projects",
            ".slices": "ListSlicer Slices",
            ".snapshot_loader": "SnapshotLoader",
            ".specification": (
                "load_specification load_specification_version load_specification_versions load_specifications"
            ),
            ".validation": "load_validation_result",
            ".version": "load_version",
        },
    )
    __all__ = __dir__()
