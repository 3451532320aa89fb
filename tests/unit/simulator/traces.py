"""The traces of the server: every operation as a tree of its tasks.

Tasks are named without the word Command, and each is followed by its log lines. ``+`` follows a task whose creating
commit attaches something, ``=`` one whose completing commit does.
"""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent
from typing import Any, NamedTuple

from tests.simulation import DEFAULT_PROJECT, READER, STARTER, Raw

DISK = {"project_id": DEFAULT_PROJECT, "name": "data01", "location": "store", "size": 10}
SPECIFICATION = {
    "project_id": DEFAULT_PROJECT,
    "configuration": {"content_type": "application/yaml", "content": f"name: planned\nparent: {STARTER}\n"},
}
WEB = {"name": "web", "parent": STARTER}

GENE = f"volume::gene:{STARTER}:sda[hyperv/amd64]"
VALIDATE = """
  ValidateCatletDeployment "Validate catlet deployment"
"""
PREPARE = f"""
{VALIDATE}
    PrepareGene "Preparing gene {GENE}"
      - Waiting for 1 other task(s)...
      - Processing {GENE} (sha256:...)
"""
UPDATE_NETWORKS = """
UpdateNetworks
  UpdateProjectNetworkPlan
    - Rebuilding project network settings
"""
CONVERGE = f"""
    UpdateCatletConfigDrive
      - Updating cloud-init config drive.
{indent(UPDATE_NETWORKS, "    ")}
    SyncVmNetworkPorts
"""
DEPLOY = f"""
{PREPARE}
  DeployCatlet "Deploy new catlet"
    CreateCatletVM
    UpdateCatletNetworks + Catlet, default
      - Updating catlet network settings
    UpdateCatletVM
      - Configuring secure boot settings (Secure Boot: Off)
      - Configure Catlet CPU count: 1
      - Creating HD Drive: sda
      - Attaching HD Drive sda to controller: 0, Location: 0
      - Add Network Adapter: eth0
{CONVERGE}
"""
DEPLOY_SPECIFICATION = f"""
DeployCatletSpecification "Deploy catlet specification planned" = result Catlet
{DEPLOY.replace("+ Catlet, default", "+ Catlet")}
"""
BUILD = """
  BuildCatletSpecification
    BuildCatletSpecificationGenePool "Build catlet specification"
"""
DESTROY = """
DestroyCatlet "Destroy Catlet" + Catlet
  RemoveCatletVM
  DestroyResources "Destroy Resources" + VirtualDisk
    DestroyVirtualDisk "Destroy Virtual Disk"
      RemoveVirtualDisk
"""

Begin = Callable[[Raw], Any]


class Trace(NamedTuple):
    begin: Begin
    tree: str
    known: str = ""
    """What the 202 refers to already."""


def on_update(tree: str, parent: str, **changes: object) -> Trace:
    """A catlet is updated with its own configuration, but for ``changes``."""

    def begin(raw: Raw) -> Any:
        path = f"/v1/catlets/{raw.make_catlet(parent=parent)}"
        return raw.submit("PUT", path, {"configuration": raw.current(path) | changes})

    return Trace(begin, tree, "Catlet, default")


def submit(tree: str, method: str, path: str, body: object = None, known: str = "") -> Trace:
    return Trace(lambda raw: raw.submit(method, path, body), tree, known)


def on_catlet(tree: str, method: str, path: str = "", body: object = None, parent: str | None = None) -> Trace:
    def begin(raw: Raw) -> Any:
        return raw.submit(method, f"/v1/catlets/{raw.make_catlet(parent=parent)}{path}", body)

    return Trace(begin, tree, "Catlet, default")


def on_guest(command: str, title: str, method: str, path: str = "", body: object = None, result: str = "") -> Trace:
    tree = f'{command} "{title}"{result and f" = result {result}"}\n  {command}VM'
    return on_catlet(tree, method, f"/guest-services{path}", body)


def on_specification(
    tree: str, method: str, path: str = "", body: object = None, *, is_deployed: bool = False
) -> Trace:
    def begin(raw: Raw) -> Any:
        made = raw.change("POST", "/v1/catlet_specifications", SPECIFICATION)
        specification = f"/v1/catlet_specifications/{made['resources'][0]['resource_id']}"
        deploy = f"/versions/{raw.get(specification)['latest']['id']}/deploy"
        if is_deployed:
            raw.change("POST", specification + deploy, {"variables": {}})
        return raw.submit(method, specification + path.replace("/deploy", deploy), body)

    return Trace(begin, tree, "CatletSpecification, default")


TRACES = {
    "1": submit(f'CreateCatlet "Create catlet web"\n{BUILD}{DEPLOY}', "POST", "/v1/catlets", {"configuration": WEB}),
    "2": on_catlet('StartCatlet "Starting Catlet"\n  StartCatletVM\n  UpdateCatletState', "PUT", "/start"),
    **{
        f"3 {mode}": on_catlet(
            f'StopCatlet "Stopping Catlet"\n  {command}\n  UpdateCatletState', "PUT", "/stop", {"mode": mode}
        )
        for mode, command in (("Shutdown", "ShutdownVM"), ("Hard", "StopVM"), ("Kill", "KillVM"))
    },
    "4": on_catlet(DESTROY.replace(" + Catlet", ""), "DELETE", parent=STARTER),
    "4 without disks": on_catlet(
        'DestroyCatlet "Destroy Catlet"\n  RemoveCatletVM\n  DestroyResources "Destroy Resources"', "DELETE"
    ),
    "5": submit(
        'CreateVirtualDisk "Create disk data01"\n  CreateVirtualDiskVM + VirtualDisk',
        *("POST", "/v1/virtualdisks", DISK),
    ),
    "6": submit(
        "CreateProject = refers to Project dev, +dev\n"
        "  - Creating project 'dev'\n"
        "  - Creating default network for project 'dev'.",
        *("POST", "/v1/projects", {"name": "dev"}),
    ),
    "6, a member": submit(
        "AddProjectMember = refers to ProjectMember default",
        *("POST", f"/v1/projects/{DEFAULT_PROJECT}/members", {"member_id": "ci", "role_id": READER}, "default"),
    ),
    "7": submit(
        f"CreateNetworks\n{indent(UPDATE_NETWORKS, '  ')}",
        *("PUT", f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config"),
        *({"configuration": {"networks": []}}, "default"),
    ),
    **{
        f"8 {path}": submit(
            f"{command} = result CatletConfig\n{BUILD}",
            *("POST", f"/v1/catlets/config/{path}", {"configuration": {"name": "plan"}}),
        )
        for path, command in (
            ("expand", "ExpandNewCatletConfig"),
            ("populate-variables", "PopulateCatletConfigVariables"),
        )
    },
    "9": submit('CleanupGenes "Cleanup gene pool"\n  RemoveGenesVmHost\n  CheckDisksExists', "DELETE", "/v1/genes"),
    "10": on_update(
        f"""UpdateCatlet
{VALIDATE}
  DeployCatlet "Deploy catlet ..."
    UpdateCatletNetworks
      - Updating catlet network settings
    UpdateCatletVM
      - Configure Catlet CPU count: 4
      - Connected Network Adapter eth0 to network default
{CONVERGE}""",
        STARTER,
        cpu={"count": 4},
    ),
    "11": on_specification(DEPLOY_SPECIFICATION, "POST", "/deploy", {"variables": {}}),
    "11 again": on_specification(
        DEPLOY_SPECIFICATION.replace(PREPARE, indent(DESTROY, "  ") + PREPARE),
        *("POST", "/deploy", {"variables": {}, "redeploy": True}),
        is_deployed=True,
    ),
    "11, a new specification": submit(
        'CreateCatletSpecification "Create catlet specification" = +CatletSpecification\n' + BUILD,
        *("POST", "/v1/catlet_specifications", SPECIFICATION),
    ),
    "11, another version": on_specification(f"UpdateCatletSpecification\n{BUILD}", "PUT", body=SPECIFICATION),
    "11, deleted": on_specification(
        'DestroyCatletSpecification "Destroy catlet specification"', "DELETE", body={"delete_catlet": True}
    ),
    "11, deleted with its catlet": on_specification(
        f'DestroyCatletSpecification "Destroy catlet specification"\n{indent(DESTROY, "  ")}',
        *("DELETE", "", {"delete_catlet": True}),
        is_deployed=True,
    ),
    "11, only validated": submit(
        'ValidateCatletSpecification "Validate catlet specification" = result CatletSpecification\n' + BUILD,
        *("POST", "/v1/catlet_specifications/validate", SPECIFICATION),
    ),
    "13": on_guest("GetGuestServicesStatus", "Reading guest services status", "GET", result="GuestServicesStatus"),
    "13 channel": on_guest("OpenSshChannel", "Opening SSH channel", "PUT", "/ssh-channel", result="SshChannel"),
    **{
        f"13 {title}": on_guest("SetGuestServicesData", title, method, path, body)
        for title, method, path, body in (
            ("Setting guest services shell", "PATCH", "/settings", {"shell": "bash"}),
            ("Authorizing access key", "POST", "/access-keys", {"public_key": "ssh k"}),
            ("Revoking access key", "DELETE", "/access-keys", None),
        )
    },
}
