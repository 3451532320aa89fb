"""The database of the server: its rows by id, and queries over them."""

from __future__ import annotations

import random
import uuid
from typing import Any

from .networking.provider import free_address
from .networking.settings import DEFAULT_NETWORK, complete, with_next_ips
from .placement import Placement
from .rows import (
    CatletRow,
    ClientRow,
    DiskRow,
    GeneRow,
    NetworkRow,
    OperationRow,
    PortRow,
    ProjectRow,
    Resource,
    ResourceRow,
    SpecificationRow,
)
from .well_known import DEFAULT_PROJECT_ID, TENANT_ID


class Database:
    """The rows by id. Every id comes from ``random``, so that the seed decides them."""

    def __init__(self, random: random.Random, placement: Placement | None = None) -> None:
        self.random = random
        self.placement = placement or Placement()
        self.clients: dict[str, ClientRow] = {}
        self.projects: dict[str, ProjectRow] = {}
        self.networks: dict[str, NetworkRow] = {}
        self.disks: dict[str, DiskRow] = {}
        self.deleted_disks: list[tuple[float, DiskRow]] = []
        """When they were deleted. For an hour they still belong to their projects."""
        self.genes: dict[str, GeneRow] = {}
        """The gene pool of the host."""
        self.catlets: dict[str, CatletRow] = {}
        self.specifications: dict[str, SpecificationRow] = {}
        self.operations: dict[str, OperationRow] = {}
        self.add_project(ProjectRow(DEFAULT_PROJECT_ID, TENANT_ID, "default"))

    def new_id(self) -> str:
        """A random GUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def add_project(self, project: ProjectRow) -> None:
        """Add a project, with its default network."""
        self.projects[project.id] = project
        self.set_networks(project, [DEFAULT_NETWORK])

    def set_networks(self, project: ProjectRow, wanted: list[dict[str, Any]]) -> bool:
        """Replace the networks of a project. A network that keeps its name and environment is changed.

        Returns False if the provider has no address for the router of one of them.
        """
        known = {(row.environment, row.name): row for row in self.networks_of(project)}
        self.networks = {key: row for key, row in self.networks.items() if row.project is not project}
        for configuration in map(complete, wanted):
            row = known.get((configuration["environment"], configuration["name"]))
            settings = with_next_ips(configuration, row)
            if row is None:
                row = NetworkRow(self.new_id(), str(configuration["name"]), project, settings)
            row.configuration = settings
            self.networks[row.id] = row
        return all(map(self._connect, self.networks_of(project)))

    def _connect(self, row: NetworkRow) -> bool:
        """Connect a network to its provider by a router, if there is an address for that.

        A flat network has neither router nor subnets, and its ports have none of the addresses that come from them.
        """
        if row.configuration["provider"]["name"] not in self.placement.flat_providers:
            row.router_address = row.router_address or self.free_provider_address()
            return row.router_address is not None
        row.router_address, row.configuration["subnets"] = None, []
        for port in self.ports:
            if port.network is row:
                port.address = None
        return True

    def free_provider_address(self) -> str | None:
        """An address of the default network provider that is not in use."""
        return free_address(self.networks.values(), self.ports)

    def networks_of(self, project: ProjectRow) -> list[NetworkRow]:
        """The networks of a project."""
        return [row for row in self.networks.values() if row.project is project]

    @property
    def ports(self) -> list[PortRow]:
        """The ports of all catlets."""
        return [port for row in self.catlets.values() for port in row.ports]

    def disks_of(self, catlet: CatletRow) -> list[DiskRow]:
        """The disks attached to a catlet."""
        return [disk for disk in self.disks.values() if disk.catlet_id == catlet.id]

    def children_of(self, disk: DiskRow) -> list[DiskRow]:
        """The disks that have this one as their parent."""
        return [child for child in self.disks.values() if child.parent is disk]

    def catlet_named(self, name: str, project: ProjectRow, environment: str | None = None) -> CatletRow | None:
        """The catlet of that name in a project, and in ``environment`` if one is given."""
        found = (row for row in self.catlets.values() if row.project is project and row.name == name)
        return next((row for row in found if environment in (None, row.configuration["environment"])), None)

    def deployed(self, specification: SpecificationRow) -> CatletRow | None:
        """The catlet that was deployed from a specification."""
        rows = self.catlets.values()
        return next((row for row in rows if row.origin and row.origin[0] is specification), None)

    def project_named(self, name: str, tenant_id: str) -> ProjectRow | None:
        """The project of that name in a tenant, ignoring case."""
        wanted = tenant_id, name.lower()
        return next((row for row in self.projects.values() if (row.tenant_id, row.name) == wanted), None)

    def attach_resource(self, operation: OperationRow, kind: str, resource_id: str) -> None:
        """Make an operation refer to a resource, unless it does already."""
        if not any((row.resource_type, row.resource_id) == (kind, resource_id) for row in operation.resources):
            operation.resources.append(ResourceRow(self.new_id(), resource_id, kind))
            operation.changed()

    def attach_project(self, operation: OperationRow, project: ProjectRow) -> None:
        """Make an operation refer to a project, unless it does already."""
        if project not in operation.projects:
            operation.projects.append(project)
            operation.changed()

    def attach(self, operation: OperationRow, kind: str, row: Resource) -> None:
        """Make an operation refer to a resource and to its project."""
        self.attach_resource(operation, kind, row.id)
        self.attach_project(operation, row.project)

    def delete_project(self, project: ProjectRow) -> None:
        """Delete a project with its rows, and remove it from every operation."""
        self.projects.pop(project.id, None)
        self.networks = {key: row for key, row in self.networks.items() if row.project is not project}
        self.disks = {key: row for key, row in self.disks.items() if row.project is not project}
        self.specifications = {key: row for key, row in self.specifications.items() if row.project is not project}
        for operation in self.operations.values():
            if project in operation.projects:
                operation.projects.remove(project)
                operation.changed()
