"""What exists before a story begins."""

from __future__ import annotations

from typing import Any

from tests.recorded.story import filled
from tests.simulation import DEFAULT_PROJECT, STARTER, UNKNOWN_ID, Raw

OWNER = "918d2c23-8e9a-41ae-8f0e-adaca3becbc4"
REMOTE = "dbosoft/ubuntu-24.04/20250101"
NAMES = {
    "name": "web",
    "new_name": "web-2",
    "project_name": "proj1",
    "member_id": "a-member",
    "owner_role": OWNER,
    "unknown_role": UNKNOWN_ID,
    "unknown": UNKNOWN_ID,
    "correlation_id": "11111111-2222-4333-8444-555555555555",
    "new_parent": REMOTE,
    "cached_parent": STARTER,
    "missing_parent": "nosuch/missing/starter",
    "fodder": "gene:dbosoft/starter-food:linux-starter",
}


class Given:
    """Makes what a story starts from, and collects its ids under the names that stories use."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.names = dict(NAMES)

    def make(self, what: str) -> None:
        """Make one of the states that ``given`` may name."""
        names = self.names
        match what:
            case "catlet":
                names["catlet"] = self.raw.make_catlet()
            case "catlet running":
                names["catlet"] = self.raw.make_catlet()
                self._change("PUT", "/v1/catlets/{catlet}/start")
            case "catlet with parent":
                names["catlet"] = self.raw.make_catlet(parent=STARTER)
            case "start under way":
                self.raw.submit("PUT", f"/v1/catlets/{names['catlet']}/start")
                self.raw.simulator.advance(3.0)
            case "default project":
                names["project"] = DEFAULT_PROJECT
            case "project":
                names["project"] = self._change("POST", "/v1/projects", {"name": "{project_name}"})["id"]
            case "project with correlation id":
                body = {"name": "{project_name}", "correlation_id": "{correlation_id}"}
                names["project"] = self._change("POST", "/v1/projects", body)["id"]
            case "catlet in project":
                self.raw.make_catlet(project=names["project_name"])
            case "other catlet in project":
                self.raw.make_catlet("other", project=names["project_name"])
            case "member":
                body = {"member_id": "{member_id}", "role_id": "{owner_role}"}
                names["member"] = self._change("POST", "/v1/projects/{project}/members", body)["id"]
            case "disk":
                disk = {"project_id": "{project}", "name": "{name}", "location": "loc1", "size": 10}
                names["disk"] = _referred(self._change("POST", "/v1/virtualdisks", disk))
            case "its disk":
                disks = self.raw.get("/v1/virtualdisks")["value"]
                names["disk"] = next(disk["id"] for disk in disks if disk["attached_catlets"])
            case "specification" | "specification deployed":
                self._specification(is_deployed=what.endswith("deployed"))
            case "used gene":
                self.raw.make_catlet(parent=STARTER)
                names["gene"] = self._gene("Volume", STARTER)
            case "unused volume gene":
                gone = self.raw.make_catlet("gone", parent=REMOTE)
                self.raw.change("DELETE", f"/v1/catlets/{gone}")
                names["gene"] = self._gene("Volume", REMOTE)
            case _:
                raise ValueError(f"no story can begin with {what!r}; add it to tests/recorded/given.py")

    def _specification(self, *, is_deployed: bool) -> None:
        content = {"content_type": "application/yaml", "content": "name: {name}\nparent: {cached_parent}\n"}
        made = self._change(
            "POST", "/v1/catlet_specifications", {"project_id": "{project}", "configuration": content}
        )
        path = f"/v1/catlet_specifications/{_referred(made)}"
        self.names["specification"] = _referred(made)
        self.names["version"] = self.raw.get(path)["latest"]["id"]
        if is_deployed:
            self._change("POST", f"{path}/versions/{{version}}/deploy", {"variables": {}})

    def _gene(self, gene_type: str, gene_set: str) -> str:
        genes = self.raw.get("/v1/genes")["value"]
        return next(
            str(each["id"]) for each in genes if (each["gene_type"], each["gene_set"]) == (gene_type, gene_set)
        )

    def _change(self, method: str, path: str, body: object = None) -> Any:
        made = self.raw.change(method, filled(path, self.names), filled(body, self.names))
        assert made["status"] == "Completed", made["status_message"]
        return made


def _referred(operation: Any) -> str:
    return str(operation["resources"][0]["resource_id"])
