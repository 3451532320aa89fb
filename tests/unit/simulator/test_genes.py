"""The gene pool: what it holds, how genes are downloaded, and which may be removed."""

from __future__ import annotations

from typing import Any

from rxeryph.simulator import Simulator
from tests.simulation import STARTER, Raw, tree

REMOTE = "dbosoft/ubuntu-24.04/20250101"
TITLE = 'RemoveGeneCommand "Remove gene from gene pool"'


def genes(raw: Raw, gene_set: str = STARTER) -> dict[str, Any]:
    return {each["gene_type"]: each for each in raw.get("/v1/genes")["value"] if each["gene_set"] == gene_set}


def create(raw: Raw, name: str) -> Any:
    return raw.submit("POST", "/v1/catlets", {"configuration": {"name": name, "parent": REMOTE}})["id"]


def reports(operation: Any) -> list[str]:
    return [entry["message"] for entry in operation["log_entries"] if "%" in entry["message"]]


def test_a_gene_is_downloaded_with_reports_and_then_in_the_pool(raw: Raw) -> None:
    assert genes(raw, REMOTE) == {}
    done = raw.finish(create(raw, "one"))
    assert len(reports(done)) >= 6
    assert any(each.startswith("Downloading parts of volume::gene") for each in reports(done))
    last = max(
        (entry for entry in done["log_entries"] if "%" in entry["message"]), key=lambda each: each["timestamp"]
    )
    assert last["message"].endswith("=> 100.0% completed")
    assert set(genes(raw, REMOTE)) == {"Catlet", "Volume"}
    assert reports(raw.finish(create(raw, "two"))) == []
    raw.make_catlet(fodder=[{"source": "gene:dbosoft/starter-food:win-starter"}])
    assert set(genes(raw, "dbosoft/starter-food/latest")) == {"Fodder"}


def test_two_operations_share_a_download_and_one_may_be_cancelled(raw: Raw) -> None:
    first, second = create(raw, "one"), create(raw, "two")
    raw.simulator.advance(25.0)
    raw.ask("POST", f"/v1/operations/{first}/cancel")
    assert raw.finish(first)["status"] == "Cancelled"
    done = raw.operation(second)
    assert done["status"] == "Completed"
    messages = {entry["message"] for entry in done["log_entries"]}
    assert messages & {"Waiting for next update...", "Waiting for 1 other task(s)..."}


def test_a_download_that_no_task_waits_for_ends(raw: Raw) -> None:
    begun = create(raw, "one")
    raw.simulator.advance(25.0)
    raw.ask("POST", f"/v1/operations/{begun}/cancel")
    assert raw.finish(begun)["status"] == "Cancelled"
    assert "Volume" not in genes(raw, REMOTE)
    assert reports(raw.finish(create(raw, "two"))) != []


def test_a_gene_names_its_users_and_is_removed_when_it_has_none(raw: Raw) -> None:
    volume, config = genes(raw)["Volume"], genes(raw)["Catlet"]
    assert (volume["name"], volume["architecture"]) == ("sda", "hyperv/amd64")
    assert raw.get(f"/v1/genes/{volume['id']}") == {**volume, "disks": []}
    catlet = raw.make_catlet(parent=STARTER)
    assert raw.get(f"/v1/genes/{config['id']}") == config  # it was needed only to build the catlet
    fodder = genes(raw, "dbosoft/starter-food/latest")["Fodder"]
    assert raw.get(f"/v1/genes/{fodder['id']}") == {**fodder, "catlets": [catlet]}
    (disk_id,) = raw.get(f"/v1/genes/{volume['id']}")["disks"]
    assert raw.get(f"/v1/virtualdisks/{disk_id}")["attached_catlets"][0]["catlet_id"] == catlet
    kept = raw.change("DELETE", f"/v1/genes/{volume['id']}")
    assert tree(kept) == [f"{TITLE} Failed 0"]
    assert kept["status_message"] == f"The gene volume::gene:{STARTER}:sda[hyperv/amd64] is in use."
    raw.change("DELETE", f"/v1/catlets/{catlet}")
    for gene, checks in ((volume, ["  CheckDisksExistsCommand"]), (config, [])):
        removed = raw.change("DELETE", f"/v1/genes/{gene['id']}")
        assert tree(removed) == [TITLE, "  RemoveGenesVmHostCommand", *checks]
        assert raw.refusal("GET", f"/v1/genes/{gene['id']}")[0] == 404


def test_a_cleanup_removes_every_unused_gene_for_good(raw: Raw) -> None:
    raw.change("DELETE", "/v1/genes")
    assert raw.get("/v1/genes")["value"] == raw.get("/v1/virtualdisks")["value"] == []
    assert tree(raw.change("DELETE", "/v1/genes")) == ['CleanupGenesCommand "Cleanup gene pool"']
    raw.make_catlet(parent=REMOTE)
    before = raw.get("/v1/genes")
    raw.simulator.restart()
    with Raw(raw.simulator) as again:
        assert again.get("/v1/genes") == before


def test_only_super_admins_change_the_pool(stopped_clock: Simulator, raw: Raw) -> None:
    gene = genes(raw)["Volume"]["id"]
    stopped_clock.add_client("ci", scopes=("compute:write",))
    with Raw(stopped_clock, "ci") as other:
        assert other.get("/v1/genes") == raw.get("/v1/genes")
        for path in ("/v1/genes", f"/v1/genes/{gene}"):
            status, problem = other.refusal("DELETE", path)
            assert (status, problem["detail"]) == (403, "You do not have super admin access.")


def test_reading_a_gene_whose_id_is_not_a_guid_is_an_error_of_the_server(raw: Raw) -> None:
    assert raw.refusal("GET", "/v1/genes/sda")[0] == 500
