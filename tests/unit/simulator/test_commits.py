"""Every trace of the server, commit by commit: what is written when, as a poller sees it that misses nothing."""

from __future__ import annotations

import re

import pytest

from tests.simulation import Raw, tree
from tests.unit.simulator.commits import commits, expected
from tests.unit.simulator.traces import DISK, SPECIFICATION, TRACES


@pytest.mark.parametrize("name", TRACES)
def test_the_trace_is_the_servers(raw: Raw, name: str) -> None:
    trace = TRACES[name]
    begun = trace.begin(raw)
    catlet = next((item["resource_id"] for item in begun["resources"]), "")
    seen = [line.replace(f"Deploy catlet {catlet}", "Deploy catlet ...") for line in commits(raw, begun)]
    lines = [line for line in trace.tree.splitlines() if line.strip()]
    assert seen == list(expected(lines, trace.known))
    done = "\n".join(tree(raw.operation(begun["id"])))
    for pattern, shown in (
        (r"^( *\w+)Command", r"\1"),
        (f"Deploy catlet {catlet}", "Deploy catlet ..."),
        (":[0-9a-f]{64}", ":..."),
    ):
        done = re.sub(pattern, shown, done, flags=re.MULTILINE)
    assert done.splitlines() == [re.sub(r" [+=] .*", "", line) for line in lines]


def test_trace_12_catlets_are_deleted_first_then_the_rest_at_once(raw: Raw) -> None:
    project = raw.change("POST", "/v1/projects", {"name": "dev"})["id"]
    raw.make_catlet(project="dev")
    raw.change("POST", "/v1/virtualdisks", DISK | {"project_id": project})
    raw.change("POST", "/v1/catlet_specifications", SPECIFICATION | {"project_id": project})
    seen = list(commits(raw, raw.submit("DELETE", f"/v1/projects/{project}")))
    begun = [line for line in seen if " > " in line]
    assert begun[:6] == [
        "operation > DestroyProject Queued",
        'DestroyProject > DestroyResources "Destroy Resources" Queued;'
        " +Catlet; +CatletSpecification; +VirtualDisk; +VirtualNetwork",
        'DestroyResources > DestroyCatlet "Destroy Catlet" Queued',
        "DestroyCatlet > RemoveCatletVM Queued",
        'DestroyCatlet > DestroyResources "Destroy Resources" Queued',
        'DestroyResources > DestroyCatletSpecification "Destroy catlet specification" Queued;'
        ' DestroyResources > DestroyVirtualDisk "Destroy Virtual Disk" Queued;'
        ' DestroyResources > DestroyVirtualNetworks "Destroy Virtual Networks" Queued',
    ]
    assert seen[0] == "+dev; operation Queued"
    assert seen[-1] == "DestroyProject Completed; -dev; operation Completed"
    left = [
        raw.get(f"/v1/{nouns}?project_id={project}")["value"]
        for nouns in ("catlets", "virtualdisks", "virtualnetworks")
    ]
    assert left == [[], [], []]


def test_trace_14_a_cancellation_is_noticed_at_the_next_report_and_rises_task_by_task(raw: Raw) -> None:
    begun = raw.submit("POST", "/v1/catlets", {"configuration": {"name": "web01", "parent": "dbosoft/large"}})
    cancel = f"/v1/operations/{begun['id']}/cancel"
    raw.ask("POST", cancel)  # before any task can be cancelled: without effect
    seen, reached = [], 0
    for line in commits(raw, begun):
        seen.append(line)
        if line == "PrepareGene Running":
            while not reached:
                raw.simulator.advance(1.0)
                tasks = raw.operation(begun["id"])["tasks"]
                reached = next(task["progress"] for task in tasks if task["name"] == "PrepareGeneCommand")
            reply = raw.ask("POST", cancel)
            assert (reply.status_code, reply.content, "Location" in reply.headers) == (202, b"", False)
            assert raw.operation(begun["id"])["status"] == "Running"
    assert seen[-4:] == [
        "PrepareGene Running",
        "PrepareGene Cancelled",
        "ValidateCatletDeployment Cancelled",
        "CreateCatlet Cancelled; operation Cancelled",
    ]
    done = raw.operation(begun["id"])
    assert {task["progress"] for task in done["tasks"] if task["status"] == "Cancelled"} == {0, reached}
    assert raw.ask("POST", cancel).status_code == 202


def test_trace_15_a_failure_rises_task_by_task_while_the_sibling_continues(raw: Raw) -> None:
    begun = raw.submit("POST", "/v1/catlets", {"configuration": {"name": "web01", "parent": "dbosoft/broken"}})
    volumes = ("sda", "sdb")
    title = '"Preparing gene volume::gene:dbosoft/broken/latest:{}[hyperv/amd64]"'
    message = (
        "The gene volume::gene:dbosoft/broken/latest:sda[hyperv/amd64] is not available on any remote gene pool."
    )
    assert list(commits(raw, begun))[-6:] == [
        "; ".join(f"ValidateCatletDeployment > PrepareGene {title.format(each)} Queued" for each in volumes),
        "PrepareGene Running",
        "PrepareGene Running",
        "PrepareGene Failed",
        "ValidateCatletDeployment Failed",
        f"CreateCatlet Failed; operation Failed: {message}",
    ]
    failed = raw.operation(begun["id"])
    later = raw.finish(begun["id"])
    assert len(later["log_entries"]) > len(failed["log_entries"])
    left = {
        task["display_name"][-20:]: task["status"] for task in later["tasks"] if task["name"] == "PrepareGeneCommand"
    }
    assert left == {"st:sda[hyperv/amd64]": "Failed", "st:sdb[hyperv/amd64]": "Running"}
