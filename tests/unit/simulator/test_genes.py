"""The gene pool: what it holds, what is made of it, and what may be removed."""

from __future__ import annotations

from typing import Any

from rxeryph.simulator import Simulator
from tests.simulation import Raw, tree

STARTER = "dbosoft/ubuntu-22.04/starter"
NOWHERE = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"


def genes(raw: Raw, gene_set: str = STARTER) -> dict[str, Any]:
    return {each["gene_type"]: each for each in raw.get("/v1/genes")["value"] if each["gene_set"] == gene_set}


def test_a_gene_tells_what_was_made_of_it(raw: Raw) -> None:
    volume, config = genes(raw)["Volume"], genes(raw)["Catlet"]
    assert (volume["name"], volume["architecture"]) == ("sda", "hyperv/amd64")
    assert raw.get(f"/v1/genes/{volume['id']}") == {**volume, "disks": []}
    catlet = raw.make_catlet(parent=STARTER)
    assert raw.get(f"/v1/genes/{config['id']}")["catlets"] == [catlet]
    (disk_id,) = raw.get(f"/v1/genes/{volume['id']}")["disks"]
    disk = raw.get(f"/v1/virtualdisks/{disk_id}")
    parent = raw.get(f"/v1/virtualdisks/{disk['parent_id']}")
    assert parent["gene"] == {"gene_set": STARTER, "name": "sda", "architecture": "hyperv/amd64"}
    assert parent["path"] == disk["parent_path"]
    assert (
        raw.ask("DELETE", f"/v1/virtualdisks/{parent['id']}").json()["detail"]
        == "The disk belongs to the gene pool and cannot be deleted."
    )


def test_a_gene_that_was_fetched_is_in_the_pool(raw: Raw) -> None:
    assert genes(raw, "dbosoft/ubuntu-24.04/20250101") == {}
    raw.make_catlet(parent="dbosoft/ubuntu-24.04/20250101", fodder=[{"source": "gene:dbosoft/starter-food:linux"}])
    assert set(genes(raw, "dbosoft/ubuntu-24.04/20250101")) == {"Catlet", "Volume"}
    assert set(genes(raw, "dbosoft/starter-food/latest")) == {"Fodder"}


def test_trace_9_clean_the_gene_pool_up(raw: Raw) -> None:
    begun = raw.submit("DELETE", "/v1/genes")
    assert (begun["resources"], begun["projects"]) == ([], [])
    done = raw.finish(begun["id"])
    assert tree(done) == [
        'CleanupGenesCommand "Cleanup gene pool"',
        "  RemoveGenesVmHostCommand",
        "  CheckDisksExistsCommand",
    ]
    assert (done["status"], "result" in done) == ("Completed", False)
    assert raw.get("/v1/genes")["value"] == raw.get("/v1/virtualdisks")["value"] == []
    assert tree(raw.finish(raw.submit("DELETE", "/v1/genes")["id"])) == ['CleanupGenesCommand "Cleanup gene pool"']


def test_trace_9_remove_one_gene(raw: Raw) -> None:
    found = genes(raw)
    catlet = raw.make_catlet(parent=STARTER)
    kept = raw.finish(raw.submit("DELETE", f"/v1/genes/{found['Volume']['id']}")["id"])
    assert tree(kept) == ['RemoveGeneCommand "Remove gene from gene pool" Failed 0']
    assert kept["status_message"] == f"The gene volume::gene:{STARTER}:sda[hyperv/amd64] is in use."
    raw.finish(raw.submit("DELETE", f"/v1/catlets/{catlet}")["id"])
    title = 'RemoveGeneCommand "Remove gene from gene pool"'
    for kind, children in (
        ("Volume", ["  RemoveGenesVmHostCommand", "  CheckDisksExistsCommand"]),
        ("Catlet", ["  RemoveGenesVmHostCommand"]),
    ):
        assert tree(raw.finish(raw.submit("DELETE", f"/v1/genes/{found[kind]['id']}")["id"])) == [title, *children]
        assert raw.ask("GET", f"/v1/genes/{found[kind]['id']}").status_code == 404


def test_only_super_admins_change_the_pool_and_bad_ids_are_a_fault_of_the_server(
    stopped_clock: Simulator, raw: Raw
) -> None:
    gene = genes(raw)["Volume"]["id"]
    stopped_clock.add_client("ci", scopes=("compute:write",))
    other = Raw(stopped_clock, "ci")
    assert other.get("/v1/genes") == raw.get("/v1/genes")
    for path in ("/v1/genes", f"/v1/genes/{gene}"):
        refused = other.ask("DELETE", path)
        assert (refused.status_code, refused.json()["detail"]) == (403, "You do not have super admin access.")
    assert other.ask("DELETE", f"/v1/genes/{NOWHERE}").status_code == 404
    assert raw.ask("GET", "/v1/genes/sda").status_code == 500
    assert raw.ask("DELETE", "/v1/genes/sda").status_code == 404
    other.close()


def test_a_restart_neither_forgets_genes_nor_brings_back_those_that_were_removed(raw: Raw) -> None:
    raw.finish(raw.submit("DELETE", "/v1/genes")["id"])
    raw.make_catlet(parent="dbosoft/ubuntu-24.04/20250101")
    before = raw.get("/v1/genes")
    raw.simulator.restart()
    again = Raw(raw.simulator)
    assert again.get("/v1/genes") == before
    again.close()
