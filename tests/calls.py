"""A call of every public method of the client with every argument it takes, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Literal

from rxeryph.client import ComputeClient

ID = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"
OTHER = "1b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
NOTHING: Mapping[str, object] = {}
Request = tuple[str, str, object]
"""Method, path with query, and body without its correlation id."""


@dataclass(frozen=True)
class Call:
    """A call by its name (``catlets.start``), what it sends, and a reply to that."""

    name: str
    request: Request
    reply: object
    arguments: Mapping[str, Any]

    def __call__(self, client: ComputeClient, **changes: object) -> object:
        """Make the call, with some arguments changed."""
        return attrgetter(self.name)(client)(**{**self.arguments, **changes})

    @property
    def service(self) -> Literal["compute", "identity"]:
        return "identity" if self.name.startswith("clients.") else "compute"

    @property
    def needs(self) -> str | None:
        """The version below which the call is not sent; None for one that every server has."""
        if self.name.startswith(("guest_services.", "catlet_specifications.")) or self.name == "operations.cancel":
            return "1.2"
        later = ("expand_config", "expand_existing", "populate_variables", "validate_config")
        is_later = self.name.partition(".")[2] in later or self.arguments.get("mode") == "Kill"
        return "1.1" if is_later else None


OPERATION = {"id": ID, "status": "Queued"}
CATLET = {"id": ID, "name": "web", "status": "Stopped", "project": {"id": OTHER}}
ITEM = {"id": ID, "name": "data", "project": {"id": OTHER}}
CLIENT = {"id": ID, "name": "ci", "allowed_scopes": ["compute:read"], "tenant_id": OTHER}
WITH_KEY = {**CLIENT, "key": "PEM"}
MEMBER = {"id": ID, "project": {"id": OTHER}, "member_id": "c1", "role_id": OTHER, "role_name": "owner"}
PINNED = {"gene_type": "Volume", "gene_set": "a/b/c", "name": "sda", "hash": "sha256:0"}
GENE = {**PINNED, "id": ID, "architecture": "any", "size": 5}
SPECIFICATION = {"id": ID, "name": "web", "project": {"id": OTHER}, "latest": {"id": OTHER}, "catlet_id": ID}
YAML = {"content_type": "application/yaml", "content": "name: web"}
JSON = {"content_type": "application/json", "content": '{"name": "web", "hostname": "wéb"}'}
VARIANT = {"architecture": "hyperv/amd64", "built_config": {"name": "web"}, "pinned_genes": [PINNED]}
VERSION = {"id": OTHER, "specification_id": ID, "configuration": YAML, "variants": [VARIANT]}
INVALID = {"is_valid": False, "errors": [{"member": "$.name", "message": "Bad."}]}
NEW_DISK = {"project_id": ID, "name": "data", "location": "l", "size": 10, "environment": "e", "store": "s"}
DEPLOYMENT = {"redeploy": True, "variables": {"a": "b"}, "architecture": "hyperv/amd64", "environment": "dev"}
KEY = "ssh-rsa A+B"
PLAN = {"name": "web", "parent": "dbosoft/ubuntu-22.04/starter", "variables": [{"name": "size"}]}
FILLED = {**PLAN, "variables": [{"name": "size", "value": "2"}]}
VARIABLES = {"size": 2}
EXPAND = "expand=logs,tasks,resources,projects"
LOGS = "log_time_stamp=2018-01-01T00:00:00.0000000Z"
CATLETS, GUEST, SPECIFICATIONS = "/v1/catlets", f"/v1/catlets/{ID}/guest-services", "/v1/catlet_specifications"
DISKS, NETWORKS, PROJECT = "/v1/virtualdisks", "/v1/virtualnetworks", f"/v1/projects/{ID}"


def call(
    name: str, request: str, arguments: Mapping[str, object] = NOTHING, body: object = None, reply: object = OPERATION
) -> Call:
    method, _, path = request.partition(" ")
    return Call(name, (method, path, body), reply, arguments)


def listed(item: object) -> object:
    return {"value": [item]}


CALLS: tuple[Call, ...] = (
    call("version", "GET /v1/version", reply={"latest_version": {"major": 1, "minor": 2}}),
    call("operations.list", "GET /v1/operations", reply=listed(OPERATION)),
    call(
        "operations.list",
        f"GET /v1/operations?expand=logs,tasks,projects,resources&{LOGS}",
        {"expand": ("logs", "tasks"), "status": "Running", "project": "default", "resource_type": "Catlet"},
        reply=listed(OPERATION),
    ),
    call("operations.get", f"GET /v1/operations/{ID}?{EXPAND}&{LOGS}", {"operation_id": ID}),
    call(
        "operations.get",
        f"GET /v1/operations/{ID}?expand=logs&log_time_stamp=2026-06-26T10:15:30.1%2B00:00",
        {"operation_id": ID, "expand": ("logs",), "log_time_stamp": "2026-06-26T10:15:30.1+00:00"},
    ),
    call("operations.cancel", f"POST /v1/operations/{ID}/cancel", {"operation_id": ID}, reply=None),
    call("catlets.list", f"GET {CATLETS}", reply=listed(CATLET)),
    call("catlets.list", f"GET {CATLETS}?project_id={ID}", {"project_id": ID}, reply=listed(CATLET)),
    call("catlets.get", f"GET {CATLETS}/{ID}", {"catlet_id": ID}, reply=CATLET),
    call("catlets.get_config", f"GET {CATLETS}/{ID}/config", {"catlet_id": ID}, reply={"configuration": PLAN}),
    call(
        "catlets.create",
        f"POST {CATLETS}",
        {"configuration": PLAN, "variables": VARIABLES},
        body={"configuration": FILLED},
    ),
    call(
        "catlets.update",
        f"PUT {CATLETS}/{ID}",
        {"catlet_id": ID, "configuration": PLAN, "variables": VARIABLES},
        body={"configuration": FILLED},
    ),
    call("catlets.start", f"PUT {CATLETS}/{ID}/start", {"catlet_id": ID}),
    call("catlets.stop", f"PUT {CATLETS}/{ID}/stop", {"catlet_id": ID}, body={"mode": "Shutdown"}),
    call("catlets.stop", f"PUT {CATLETS}/{ID}/stop", {"catlet_id": ID, "mode": "Kill"}, body={"mode": "Kill"}),
    call("catlets.delete", f"DELETE {CATLETS}/{ID}", {"catlet_id": ID}),
    call(
        "catlets.expand_config",
        f"POST {CATLETS}/config/expand",
        {"configuration": PLAN, "variables": VARIABLES, "show_secrets": True},
        body={"configuration": FILLED, "show_secrets": True},
    ),
    call(
        "catlets.expand_existing",
        f"POST {CATLETS}/{ID}/config/expand",
        {"catlet_id": ID, "configuration": PLAN, "show_secrets": False},
        body={"configuration": PLAN, "show_secrets": False},
    ),
    call(
        "catlets.populate_variables",
        f"POST {CATLETS}/config/populate-variables",
        {"configuration": PLAN, "variables": VARIABLES},
        body={"configuration": FILLED},
    ),
    call(
        "catlets.validate_config",
        f"POST {CATLETS}/config/validate",
        {"configuration": PLAN},
        body={"configuration": PLAN},
        reply=INVALID,
    ),
    call("catlet_specifications.list", f"GET {SPECIFICATIONS}", reply=listed(SPECIFICATION)),
    call(
        "catlet_specifications.list",
        f"GET {SPECIFICATIONS}?project_id={ID}",
        {"project_id": ID},
        reply=listed(SPECIFICATION),
    ),
    call("catlet_specifications.get", f"GET {SPECIFICATIONS}/{ID}", {"specification_id": ID}, reply=SPECIFICATION),
    call(
        "catlet_specifications.list_versions",
        f"GET {SPECIFICATIONS}/{ID}/versions",
        {"specification_id": ID},
        reply=listed(VERSION),
    ),
    call(
        "catlet_specifications.get_version",
        f"GET {SPECIFICATIONS}/{ID}/versions/{OTHER}",
        {"specification_id": ID, "version_id": OTHER},
        reply=VERSION,
    ),
    call(
        "catlet_specifications.create",
        f"POST {SPECIFICATIONS}",
        {"project_id": ID, "configuration": "name: web", "comment": "first", "architectures": ["hyperv/amd64"]},
        body={"project_id": ID, "configuration": YAML, "comment": "first", "architectures": ["hyperv/amd64"]},
    ),
    call(
        "catlet_specifications.update",
        f"PUT {SPECIFICATIONS}/{ID}",
        {
            "specification_id": ID,
            "configuration": {"name": "web", "hostname": "wéb"},
            "comment": "second",
            "architectures": ("any",),
        },
        body={"configuration": JSON, "comment": "second", "architectures": ["any"]},
    ),
    call(
        "catlet_specifications.delete",
        f"DELETE {SPECIFICATIONS}/{ID}",
        {"specification_id": ID, "delete_catlet": True},
        body={"delete_catlet": True},
    ),
    call(
        "catlet_specifications.deploy",
        f"POST {SPECIFICATIONS}/{ID}/versions/{OTHER}/deploy",
        {"specification_id": ID, "version_id": OTHER, **DEPLOYMENT},
        body=DEPLOYMENT,
    ),
    call(
        "catlet_specifications.validate",
        f"POST {SPECIFICATIONS}/validate",
        {"configuration": "name: web", "content_type": "application/yaml", "architectures": ["any"]},
        body={"configuration": YAML, "architectures": ["any"]},
    ),
    call("guest_services.status", f"GET {GUEST}", {"catlet_id": ID}),
    call("guest_services.provisioning_log", f"GET {GUEST}/provisioning-log", {"catlet_id": ID}),
    call(
        "guest_services.configure",
        f"PATCH {GUEST}/settings",
        {"catlet_id": ID, "shell": "bash", "shell_args": ""},
        body={"shell": "bash", "shell_args": ""},
    ),
    call(
        "guest_services.add_access_key",
        f"POST {GUEST}/access-keys",
        {"catlet_id": ID, "public_key": KEY, "ttl": 60, "expires_at": datetime(2030, 1, 1, tzinfo=UTC)},
        body={"public_key": KEY, "ttl": 60, "expires_at": "2030-01-01T00:00:00+00:00"},
    ),
    call("guest_services.remove_access_keys", f"DELETE {GUEST}/access-keys", {"catlet_id": ID}),
    call("guest_services.open_ssh_channel", f"PUT {GUEST}/ssh-channel", {"catlet_id": ID}),
    call(
        "guest_services.open_ssh_channel",
        f"PUT {GUEST}/ssh-channel?publicKey=ssh-rsa+A%2BB&ttl=5",
        {"catlet_id": ID, "public_key": KEY, "ttl": 5},
    ),
    call("projects.list", "GET /v1/projects", reply=listed(ITEM)),
    call("projects.get", f"GET {PROJECT}", {"project_id": ID}, reply=ITEM),
    call("projects.create", "POST /v1/projects", {"name": "dev"}, body={"name": "dev"}),
    call("projects.delete", f"DELETE {PROJECT}", {"project_id": ID}),
    call("project_members.list", f"GET {PROJECT}/members", {"project_id": ID}, reply=listed(MEMBER)),
    call(
        "project_members.get",
        f"GET {PROJECT}/members/{OTHER}",
        {"project_id": ID, "assignment_id": OTHER},
        reply=MEMBER,
    ),
    call(
        "project_members.add",
        f"POST {PROJECT}/members",
        {"project_id": ID, "member_id": "c1", "role": "Reader"},
        body={"member_id": "c1", "role_id": "47982531-a6d2-41e4-ad6c-d5023deb7710"},
    ),
    call("project_members.remove", f"DELETE {PROJECT}/members/{OTHER}", {"project_id": ID, "assignment_id": OTHER}),
    call("virtual_disks.list", f"GET {DISKS}", reply=listed(ITEM)),
    call("virtual_disks.list", f"GET {DISKS}?project_id={ID}", {"project_id": ID}, reply=listed(ITEM)),
    call("virtual_disks.get", f"GET {DISKS}/{ID}", {"disk_id": ID}, reply=ITEM),
    call("virtual_disks.create", f"POST {DISKS}", NEW_DISK, body=NEW_DISK),
    call("virtual_disks.delete", f"DELETE {DISKS}/{ID}", {"disk_id": ID}),
    call("virtual_networks.list", f"GET {NETWORKS}", reply=listed(ITEM)),
    call("virtual_networks.list", f"GET {NETWORKS}?project_id={ID}", {"project_id": ID}, reply=listed(ITEM)),
    call("virtual_networks.get", f"GET {NETWORKS}/{ID}", {"network_id": ID}, reply=ITEM),
    call(
        "virtual_networks.get_config",
        f"GET {PROJECT}/virtualnetworks/config",
        {"project_id": ID},
        reply={"configuration": {"networks": []}},
    ),
    call(
        "virtual_networks.update_config",
        f"PUT {PROJECT}/virtualnetworks/config",
        {"project_id": ID, "configuration": {"networks": []}},
        body={"configuration": {"networks": []}},
    ),
    call("genes.list", "GET /v1/genes", reply=listed(GENE)),
    call("genes.get", f"GET /v1/genes/{ID}", {"gene_id": ID}, reply={**GENE, "gene_type": "Novel"}),
    call("genes.cleanup", "DELETE /v1/genes"),
    call("genes.delete", f"DELETE /v1/genes/{ID}", {"gene_id": ID}),
    call("options.datastores", "GET /v1/config/datastores", reply=listed({"name": "default"})),
    call("options.environments", "GET /v1/config/environments", reply=listed({"name": "dev", "site": "here"})),
    call("options.sites", "GET /v1/config/sites", reply=listed({"name": "here"})),
    call("clients.list", "GET /v1/clients", reply=listed(CLIENT)),
    call("clients.get", "GET /v1/clients/system-client", {"client_id": "system-client"}, reply=CLIENT),
    call(
        "clients.create",
        "POST /v1/clients",
        {"name": "ci", "allowed_scopes": ["compute:read"], "roles": [OTHER]},
        body={"name": "ci", "allowed_scopes": ["compute:read"], "roles": [OTHER]},
        reply=WITH_KEY,
    ),
    call(
        "clients.update",
        "PUT /v1/clients/c%2F1",
        {"client_id": "c/1", "name": "ci", "allowed_scopes": []},
        body={"name": "ci", "allowed_scopes": []},
        reply=CLIENT,
    ),
    call("clients.delete", f"DELETE /v1/clients/{ID}", {"client_id": ID}, reply=None),
    call(
        "clients.new_key",
        f"POST /v1/clients/{ID}/key",
        {"client_id": ID, "shared_secret": True},
        body={"shared_secret": True},
        reply=WITH_KEY,
    ),
)

SILENT = {"guest_services.ssh_channel_url": "GET /v1/catlets/{id}/guest-services/ssh-channel/connect"}
"""Public methods that send nothing, and the endpoint that they are about."""

COMPOSED = {"catlets.change": "PUT /v1/catlets/{id}"}
"""Public methods that send several requests, tested apart, and the endpoint that changes something."""


def find(name: str) -> Call:
    """The first call of that name."""
    return next(each for each in CALLS if each.name == name)
