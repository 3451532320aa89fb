"""Every trace of the server, commit by commit: what is written when, as a poller that misses nothing sees it.

A trace is a tree of tasks without the word Command. ``+`` follows a task whose creating commit attaches something,
``=`` one whose completing commit does. From it ``expected`` works out the commits by the rules of the server: a task
is created by its parent, accepted, does its children one after another, and ends; the first one takes the operation
with it. The lines that tasks log are compared in ``test_traces`` and its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.simulation import Raw
from tests.unit.simulator.commits import commits

DEFAULT = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
STARTER = "dbosoft/ubuntu-22.04/starter"
DISK = {"project_id": DEFAULT, "name": "data01", "location": "store", "size": 10}
SPECIFICATION = {
    "project_id": DEFAULT,
    "configuration": {"content_type": "application/yaml", "content": f"name: planned\nparent: {STARTER}\n"},
}

CONVERGE = """
    UpdateCatletVM
    UpdateCatletConfigDrive
    UpdateNetworks
      UpdateProjectNetworkPlan
    SyncVmNetworkPorts
"""
DEPLOY = f"""
  ValidateCatletDeployment "Validate catlet deployment"
    PrepareGene "Preparing gene volume::gene:{STARTER}:sda[hyperv/amd64]"
  DeployCatlet "Deploy new catlet"
    CreateCatletVM
    UpdateCatletNetworks + Catlet, default
{CONVERGE}
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


def put(path: str, body: object = None) -> Begin:
    return lambda raw: raw.submit("PUT", f"/v1/catlets/{raw.make_catlet()}/{path}", body)


def specified(raw: Raw) -> str:
    made = raw.submit("POST", "/v1/catlet_specifications", SPECIFICATION)
    specification = raw.finish(made["id"])["resources"][0]["resource_id"]
    version = raw.get(f"/v1/catlet_specifications/{specification}")["latest"]["id"]
    return f"/v1/catlet_specifications/{specification}/versions/{version}/deploy"


def deploy_again(raw: Raw) -> Any:
    path = specified(raw)
    raw.finish(raw.submit("POST", path, {"variables": {}})["id"])
    return raw.submit("POST", path, {"variables": {}, "redeploy": True})


def update(raw: Raw) -> Any:
    catlet = raw.make_catlet(parent=STARTER)
    body = {"configuration": {"name": "web", "parent": STARTER, "cpu": 4}}
    return raw.submit("PUT", f"/v1/catlets/{catlet}", body)


TRACES = {
    "1": Trace(
        lambda raw: raw.submit("POST", "/v1/catlets", {"configuration": {"name": "web01", "parent": STARTER}}),
        f'CreateCatlet "Create catlet web01"\n{BUILD}{DEPLOY}',
    ),
    "2": Trace(
        put("start"), 'StartCatlet "Starting Catlet"\n  StartCatletVM\n  UpdateCatletState', "Catlet, default"
    ),
    **{
        f"3 {mode}": Trace(
            put("stop", {"mode": mode}),
            f'StopCatlet "Stopping Catlet"\n  {command}\n  UpdateCatletState',
            "Catlet, default",
        )
        for mode, command in (("Shutdown", "ShutdownVM"), ("Hard", "StopVM"), ("Kill", "KillVM"))
    },
    "4": Trace(
        lambda raw: raw.submit("DELETE", f"/v1/catlets/{raw.make_catlet(parent=STARTER)}"),
        "\n".join(line[2:] for line in DESTROY.replace(" + Catlet", "").splitlines()),
        "Catlet, default",
    ),
    "4 without disks": Trace(
        lambda raw: raw.submit("DELETE", f"/v1/catlets/{raw.make_catlet()}"),
        'DestroyCatlet "Destroy Catlet"\n  RemoveCatletVM\n  DestroyResources "Destroy Resources"',
        "Catlet, default",
    ),
    "5": Trace(
        lambda raw: raw.submit("POST", "/v1/virtualdisks", DISK),
        'CreateVirtualDisk "Create disk data01"\n  CreateVirtualDiskVM + VirtualDisk',
    ),
    "6": Trace(
        lambda raw: raw.submit("POST", "/v1/projects", {"name": "dev"}),
        "CreateProject = refers to Project dev, +dev",
    ),
    "6, a member": Trace(
        lambda raw: raw.submit(
            "POST",
            f"/v1/projects/{DEFAULT}/members",
            {"member_id": "ci", "role_id": "47982531-a6d2-41e4-ad6c-d5023deb7710"},
        ),
        "AddProjectMember = refers to ProjectMember default",
        "default",
    ),
    "7": Trace(
        lambda raw: raw.submit(
            "PUT", f"/v1/projects/{DEFAULT}/virtualnetworks/config", {"configuration": {"networks": []}}
        ),
        "CreateNetworks\n  UpdateNetworks\n    UpdateProjectNetworkPlan",
        "default",
    ),
    **{
        f"8 {path}": Trace(
            lambda raw, path=path: raw.submit(  # type: ignore[misc]
                "POST", f"/v1/catlets/config/{path}", {"configuration": {"name": "plan"}}
            ),
            f"{command} = result CatletConfig\n{BUILD}",
        )
        for path, command in (
            ("expand", "ExpandNewCatletConfig"),
            ("populate-variables", "PopulateCatletConfigVariables"),
        )
    },
    "9": Trace(
        lambda raw: raw.submit("DELETE", "/v1/genes"),
        'CleanupGenes "Cleanup gene pool"\n  RemoveGenesVmHost\n  CheckDisksExists',
    ),
    "10": Trace(
        update,
        f"""UpdateCatlet
  ValidateCatletDeployment "Validate catlet deployment"
    PrepareGene "Preparing gene volume::gene:{STARTER}:sda[hyperv/amd64]"
  DeployCatlet "Deploy catlet ..."
    UpdateCatletNetworks
{CONVERGE}""",
        "Catlet, default",
    ),
    "11": Trace(
        lambda raw: raw.submit("POST", specified(raw), {"variables": {}}),
        'DeployCatletSpecification "Deploy catlet specification planned" = result Catlet\n'
        + DEPLOY.replace("+ Catlet, default", "+ Catlet"),
        "CatletSpecification, default",
    ),
    "11 again": Trace(
        deploy_again,
        'DeployCatletSpecification "Deploy catlet specification planned" = result Catlet\n'
        + DESTROY
        + DEPLOY.replace("+ Catlet, default", "+ Catlet"),
        "CatletSpecification, default",
    ),
    "11, a new specification": Trace(
        lambda raw: raw.submit("POST", "/v1/catlet_specifications", SPECIFICATION),
        'CreateCatletSpecification "Create catlet specification" = +CatletSpecification, +default\n' + BUILD,
    ),
    "13": Trace(
        lambda raw: raw.submit("GET", f"/v1/catlets/{raw.make_catlet()}/guest-services"),
        'GetGuestServicesStatus "Reading guest services status" = result GuestServicesStatus\n'
        "  GetGuestServicesStatusVM",
        "Catlet, default",
    ),
}


def expected(tree: str, known: str) -> Iterator[str]:
    """The commits of a trace, by the rules of the server."""
    yield _joined([f"+{each}" for each in known.split(", ") if each], "operation Queued")
    lines = [line for line in tree.splitlines() if line.strip()]
    open_tasks: list[tuple[str, str]] = []
    for line in (*lines, ""):
        depth = (len(line) - len(line.lstrip())) // 2
        while len(open_tasks) > depth or (not line and open_tasks):
            name, late = open_tasks.pop()
            ended = [f"{name} Completed"]
            ended += [f"{name} {each}" if each.startswith("refers") else each for each in late.split(", ") if each]
            result = [each for each in ended if each.startswith("result")]
            ended = [each for each in ended if each not in result]
            yield _joined(ended, *([] if open_tasks else ["operation Completed"]), *result)
        if line:
            shown, _, late = line.strip().partition(" = ")
            title, _, attached = shown.partition(" + ")
            name, _, display = title.partition(" ")
            parent = open_tasks[-1][0] if open_tasks else "operation"
            created = f"{parent} > {name}{display and ' ' + display} Queued"
            yield _joined([created], *(f"+{each}" for each in attached.split(", ") if each))
            yield _joined([f"{name} Running"], *([] if open_tasks else ["operation Running"]))
            open_tasks.append((name, late))


def _joined(first: list[str], *more: str) -> str:
    return "; ".join([*first, *more])


@pytest.mark.parametrize("name", TRACES)
def test_the_trace_is_the_servers(raw: Raw, name: str) -> None:
    trace = TRACES[name]
    begun = trace.begin(raw)
    catlet = next((item["resource_id"] for item in begun["resources"]), "")
    seen = [line.replace(f"Deploy catlet {catlet}", "Deploy catlet ...") for line in commits(raw, begun)]
    assert seen == list(expected(trace.tree, trace.known))


def test_trace_12_catlets_go_first_then_what_is_left_then_the_networks(raw: Raw) -> None:
    project = raw.finish(raw.submit("POST", "/v1/projects", {"name": "dev"})["id"])["id"]
    raw.make_catlet(project="dev")
    raw.finish(raw.submit("POST", "/v1/virtualdisks", DISK | {"project_id": project})["id"])
    raw.finish(raw.submit("POST", "/v1/catlet_specifications", SPECIFICATION | {"project_id": project})["id"])
    seen = list(commits(raw, raw.submit("DELETE", f"/v1/projects/{project}")))
    begun = [line for line in seen if " > " in line]
    assert begun == [
        "operation > DestroyProject Queued",
        'DestroyProject > DestroyResources "Destroy Resources" Queued;'
        " +Catlet; +CatletSpecification; +VirtualDisk; +VirtualNetwork",
        'DestroyResources > DestroyCatlet "Destroy Catlet" Queued',
        "DestroyCatlet > RemoveCatletVM Queued",
        'DestroyCatlet > DestroyResources "Destroy Resources" Queued',
        'DestroyResources > DestroyCatletSpecification "Destroy catlet specification" Queued;'
        ' DestroyResources > DestroyVirtualDisk "Destroy Virtual Disk" Queued',
        "DestroyVirtualDisk > RemoveVirtualDisk Queued",
        'DestroyResources > DestroyVirtualNetworks "Destroy Virtual Networks" Queued',
        "DestroyVirtualNetworks > UpdateNetworks Queued",
        "UpdateNetworks > UpdateProjectNetworkPlan Queued",
    ]
    assert seen[0] == "+dev; operation Queued"
    assert seen[-1] == "DestroyProject Completed; -dev; operation Completed"


def test_trace_14_a_cancellation_goes_up_task_by_task(raw: Raw) -> None:
    begun = raw.submit("POST", "/v1/catlets", {"configuration": {"name": "web01", "parent": "dbosoft/large"}})
    seen = []
    for line in commits(raw, begun):
        seen.append(line)
        if line == "PrepareGene Running":
            raw.simulator.advance(1.0)  # what is not at work yet would not hear of it
            assert raw.ask("POST", f"/v1/operations/{begun['id']}/cancel").status_code == 202
    assert seen[-4:] == [
        "PrepareGene Running",
        "PrepareGene Cancelled",
        "ValidateCatletDeployment Cancelled",
        "CreateCatlet Cancelled; operation Cancelled",
    ]


def test_trace_15_a_failure_goes_up_task_by_task_and_leaves_the_sibling_alone(raw: Raw) -> None:
    begun = raw.submit("POST", "/v1/catlets", {"configuration": {"name": "web01", "parent": "dbosoft/broken"}})
    volumes = ("sda", "sdb")
    title = '"Preparing gene volume::gene:dbosoft/broken/latest:{}[hyperv/amd64]"'
    text = "The gene volume::gene:dbosoft/broken/latest:sda[hyperv/amd64] is not available on any remote gene pool."
    assert list(commits(raw, begun))[-6:] == [
        "; ".join(f"ValidateCatletDeployment > PrepareGene {title.format(each)} Queued" for each in volumes),
        "PrepareGene Running",
        "PrepareGene Running",
        "PrepareGene Failed",
        "ValidateCatletDeployment Failed",
        f"CreateCatlet Failed; operation Failed: {text}",
    ]
