"""A call of every public method of the client, with every argument it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rxeryph.client import ComputeClient
from rxeryph.client.calls import Group
from tests.contract.recording_server import ID

Call = Callable[[ComputeClient], object]
OTHER = "7c1f0b8a-0f0e-4a53-8f0c-6a1b2c3d4e5f"
CONFIGURATION = {"name": "web", "parent": "dbosoft/ubuntu-22.04/starter", "cpu": {"count": 2}}

CALLS: Mapping[str, tuple[Call, ...]] = {
    "version": (lambda client: client.version(),),
    "operations.list": (
        lambda client: client.operations.list(),
        lambda client: client.operations.list(expand=("logs", "tasks"), project="default", resource_type="Catlet"),
    ),
    "operations.get": (
        lambda client: client.operations.get(ID),
        lambda client: client.operations.get(ID, expand=("logs",), log_time_stamp="2026-06-26T10:15:30.1+00:00"),
    ),
    "operations.cancel": (lambda client: client.operations.cancel(ID),),
    "catlets.list": (lambda client: client.catlets.list(), lambda client: client.catlets.list(ID)),
    "catlets.get": (
        lambda client: client.catlets.get(ID),
        lambda client: client.catlets.get(ID, with_configuration=True),
    ),
    "catlets.get_config": (lambda client: client.catlets.get_config(ID),),
    "catlets.create": (
        lambda client: client.catlets.create(CONFIGURATION),
        lambda client: client.catlets.create(CONFIGURATION, correlation_id=OTHER),
    ),
    "catlets.update": (lambda client: client.catlets.update(ID, CONFIGURATION),),
    "catlets.start": (lambda client: client.catlets.start(ID),),
    "catlets.stop": (lambda client: client.catlets.stop(ID), lambda client: client.catlets.stop(ID, "Kill")),
    "catlets.delete": (lambda client: client.catlets.delete(ID),),
    "catlets.expand_config": (
        lambda client: client.catlets.expand_config(CONFIGURATION),
        lambda client: client.catlets.expand_config(CONFIGURATION, show_secrets=True),
    ),
    "catlets.expand_existing": (lambda client: client.catlets.expand_existing(ID, CONFIGURATION),),
    "catlets.populate_variables": (lambda client: client.catlets.populate_variables(CONFIGURATION),),
    "catlets.validate_config": (lambda client: client.catlets.validate_config(CONFIGURATION),),
    "clients.list": (lambda client: client.clients.list(),),
    "clients.get": (lambda client: client.clients.get(ID),),
    "clients.create": (
        lambda client: client.clients.create("ci", ["compute:read"]),
        lambda client: client.clients.create("ci", ["compute:read"], roles=[OTHER]),
    ),
    "clients.update": (lambda client: client.clients.update(ID, "ci", ["compute:read"]),),
    "clients.delete": (lambda client: client.clients.delete(ID),),
    "clients.new_key": (
        lambda client: client.clients.new_key(ID),
        lambda client: client.clients.new_key(ID, shared_secret=True),
    ),
    "projects.list": (lambda client: client.projects.list(),),
    "projects.get": (lambda client: client.projects.get(ID),),
    "projects.create": (lambda client: client.projects.create("dev"),),
    "projects.delete": (lambda client: client.projects.delete(ID),),
    "virtual_disks.list": (lambda client: client.virtual_disks.list(), lambda client: client.virtual_disks.list(ID)),
    "virtual_disks.get": (lambda client: client.virtual_disks.get(ID),),
    "virtual_disks.create": (
        lambda client: client.virtual_disks.create(ID, "data", "store", 10),
        lambda client: client.virtual_disks.create(ID, "data", "store", 10, environment="default", store="default"),
    ),
    "virtual_disks.delete": (lambda client: client.virtual_disks.delete(ID),),
    "virtual_networks.list": (
        lambda client: client.virtual_networks.list(),
        lambda client: client.virtual_networks.list(ID),
    ),
    "virtual_networks.get": (lambda client: client.virtual_networks.get(ID),),
    "virtual_networks.get_config": (lambda client: client.virtual_networks.get_config(ID),),
    "virtual_networks.update_config": (
        lambda client: client.virtual_networks.update_config(ID, {"version": "1.0", "networks": []}),
    ),
    "project_members.list": (lambda client: client.project_members.list(ID),),
    "project_members.get": (lambda client: client.project_members.get(ID, OTHER),),
    "project_members.add": (lambda client: client.project_members.add(ID, "someone", "reader"),),
    "project_members.remove": (lambda client: client.project_members.remove(ID, OTHER),),
    "genes.list": (lambda client: client.genes.list(),),
    "genes.get": (lambda client: client.genes.get(ID),),
    "genes.cleanup": (lambda client: client.genes.cleanup(),),
    "genes.delete": (lambda client: client.genes.delete(ID),),
    "guest_services.status": (lambda client: client.guest_services.status(ID),),
    "guest_services.provisioning_log": (lambda client: client.guest_services.provisioning_log(ID),),
    "guest_services.configure": (lambda client: client.guest_services.configure(ID, shell="bash", shell_args=""),),
    "guest_services.add_access_key": (
        lambda client: client.guest_services.add_access_key(ID, "ssh-ed25519 AAAA", ttl=60),
    ),
    "guest_services.remove_access_keys": (lambda client: client.guest_services.remove_access_keys(ID),),
    "guest_services.open_ssh_channel": (
        lambda client: client.guest_services.open_ssh_channel(ID),
        lambda client: client.guest_services.open_ssh_channel(ID, public_key="ssh-ed25519 AAAA", ttl=60),
    ),
    "catlet_specifications.list": (
        lambda client: client.catlet_specifications.list(),
        lambda client: client.catlet_specifications.list(ID),
    ),
    "catlet_specifications.get": (lambda client: client.catlet_specifications.get(ID),),
    "catlet_specifications.list_versions": (lambda client: client.catlet_specifications.list_versions(ID),),
    "catlet_specifications.get_version": (lambda client: client.catlet_specifications.get_version(ID, OTHER),),
    "catlet_specifications.create": (lambda client: client.catlet_specifications.create(ID, CONFIGURATION),),
    "catlet_specifications.update": (lambda client: client.catlet_specifications.update(ID, CONFIGURATION),),
    "catlet_specifications.delete": (lambda client: client.catlet_specifications.delete(ID),),
    "catlet_specifications.deploy": (lambda client: client.catlet_specifications.deploy(ID, OTHER, {"size": "1"}),),
    "catlet_specifications.validate": (lambda client: client.catlet_specifications.validate(CONFIGURATION),),
    "options.datastores": (lambda client: client.options.datastores(),),
    "options.environments": (lambda client: client.options.environments(),),
    "options.sites": (lambda client: client.options.sites(),),
}


SILENT = {"guest_services.ssh_channel_url": "GET /v1/catlets/{id}/guest-services/ssh-channel/connect"}
"""Public methods that send nothing, and the endpoint that they are about."""


def public_methods(client: ComputeClient) -> set[str]:
    """The methods of the client and of its groups, as ``group.method``."""
    groups = {name: group for name, group in vars(client).items() if isinstance(group, Group)}
    return {"version"} | {f"{name}.{call}" for name, group in groups.items() for call in dir(group) if call[0] != "_"}
