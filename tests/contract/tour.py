"""A walk through a simulator that asks every endpoint for what it can answer, and keeps what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from rxeryph.simulator import Simulator
from tests.contract.published import Exchange
from tests.simulation import Raw

UNKNOWN = "00000000-0000-4000-8000-00000000dead"
STARTER = "dbosoft/ubuntu-22.04/starter"
COLD = "dbosoft/winsrv2022/starter"
"""A parent that nothing else asks for, so that its genes have to be downloaded."""
READER = "47982531-a6d2-41e4-ad6c-d5023deb7710"
EXPAND = "?expand=logs,tasks,resources,projects"


class Witness(Raw):
    """A raw client that keeps every exchange."""

    exchanges: list[Exchange]

    def __init__(self, simulator: Simulator, client_id: str | None = None) -> None:
        super().__init__(simulator, client_id)
        self.exchanges = []

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        reply = super().ask(method, path, body, headers)
        self.exchanges.append(exchange_of(reply))
        return reply

    def ask_identity(self, method: str, path: str, body: object = None) -> requests.Response:
        """A request to the identity API."""
        url, headers = self.simulator.identity_endpoint + path, {"Authorization": f"Bearer {self.token}"}
        reply = self.session.request(method, url, json=body, headers=headers, timeout=5)
        self.exchanges.append(exchange_of(reply))
        return reply


def exchange_of(reply: requests.Response) -> Exchange:
    """What was asked and answered; the path is the one below the service."""
    request = reply.request
    url = urlsplit(str(request.url))
    sent = request.body or b""
    return Exchange(
        str(request.method),
        url.path[url.path.index("/v1") :],
        url.query,
        request.headers.get("Content-Type", ""),
        sent.encode() if isinstance(sent, str) else sent,
        reply.status_code,
        reply.headers.get("Content-Type", ""),
        reply.content,
        "identity" if url.path.startswith("/identity") else "compute",
    )


def tour(simulator: Simulator) -> list[Exchange]:
    """Every exchange of the walk, in order; the simulator's clock has to stand."""
    simulator.add_client("nobody", scopes=("compute:genes:read",))
    simulator.add_client("stranger", scopes=("compute:write",))
    witness, nobody, stranger = (Witness(simulator, name) for name in (None, "nobody", "stranger"))
    try:
        project = witness.get("/v1/projects")["value"][0]["id"]
        _catlets(witness, project)
        _disks(witness, project)
        _configurations(witness)
        _projects(witness)
        _networks(witness, project)
        _genes(witness)
        _specifications(witness, project)
        _guest_services(witness)
        _options(witness)
        _clients(witness)
        _operations(witness)
        _refusals(witness, nobody, stranger)
        return witness.exchanges + nobody.exchanges + stranger.exchanges
    finally:
        for client in (witness, nobody, stranger):
            client.close()


def _follow(witness: Witness, reply: requests.Response, polls: int = 12) -> Any:
    """The operation of a 202, read again and again until it has ended."""
    if reply.status_code != 202 or not reply.content:
        return {"resources": []}
    path = f"/v1/operations/{reply.json()['id']}{EXPAND}"
    for _ in range(polls):
        witness.get(path)
        witness.simulator.advance(2.0)
    witness.simulator.advance(600.0)
    return witness.get(path)


def _every_way_to_miss(witness: Witness, method: str, path: str, body: object = None) -> None:
    """The same with an id that is unknown, and with one that is none."""
    for wrong in (UNKNOWN, "nonsense"):
        witness.ask(method, path.replace("{id}", wrong), body)


def _catlets(witness: Witness, project: str) -> None:
    configuration: dict[str, object] = {
        "name": "web",
        "parent": STARTER,
        "cpu": 2,
        "memory": {"startup": 1024, "minimum": 512},
        "networks": [{"name": "default"}],
        "drives": [{"name": "data", "size": 5}],
    }
    made = _follow(witness, witness.ask("POST", "/v1/catlets", {"configuration": configuration}))
    catlet = f"/v1/catlets/{made['resources'][0]['resource_id']}"
    witness.ask("POST", "/v1/catlets", {"configuration": configuration})  # the name is taken
    witness.ask("POST", "/v1/catlets", {"configuration": {"name": "a_b", "drives": [{"name": "-"}]}})
    witness.ask("POST", "/v1/catlets", {"configuration": {"name": "web", "project": "nowhere"}})
    witness.ask("POST", "/v1/catlets", {})
    witness.ask("POST", "/v1/catlets")
    failing = {"configuration": {"name": "lost", "parent": "acme/missing/1.0"}}
    _follow(witness, witness.ask("POST", "/v1/catlets", failing))
    for path in ("/v1/catlets", f"/v1/catlets?project_id={project}", "/v1/catlets?project_id=x", catlet):
        witness.ask("GET", path)
    witness.ask("GET", f"{catlet}/config")
    _follow(witness, witness.ask("PUT", f"{catlet}/start"))
    witness.ask("GET", catlet)
    for mode in ("Shutdown", "Hard", "Kill", "nonsense"):
        _follow(witness, witness.ask("PUT", f"{catlet}/stop", {"mode": mode}), polls=1)
    changed = {"configuration": {**configuration, "cpu": 4}}
    _follow(witness, witness.ask("PUT", catlet, changed))
    witness.ask("PUT", catlet, {"configuration": {"cpu": -1}})
    for method, path, body in (
        ("GET", "/v1/catlets/{id}", None),
        ("PUT", "/v1/catlets/{id}", changed),
        ("DELETE", "/v1/catlets/{id}", None),
        ("GET", "/v1/catlets/{id}/config", None),
        ("PUT", "/v1/catlets/{id}/start", None),
        ("PUT", "/v1/catlets/{id}/stop", {"mode": "Hard"}),
    ):
        _every_way_to_miss(witness, method, path, body)
    witness.ask("GET", "/v1/virtualdisks")
    _follow(witness, witness.ask("DELETE", catlet))


def _disks(witness: Witness, project: str) -> None:
    wanted = {"project_id": project, "name": "data", "location": "store", "size": 10}
    made = _follow(witness, witness.ask("POST", "/v1/virtualdisks", wanted))
    disk = f"/v1/virtualdisks/{made['resources'][0]['resource_id']}"
    witness.ask("POST", "/v1/virtualdisks", wanted)
    witness.ask("POST", "/v1/virtualdisks", {**wanted, "size": 0, "name": "a.b"})
    witness.ask("POST", "/v1/virtualdisks", {**wanted, "project_id": UNKNOWN})
    for path in ("/v1/virtualdisks", f"/v1/virtualdisks?project_id={project}", disk):
        witness.ask("GET", path)
    _every_way_to_miss(witness, "GET", "/v1/virtualdisks/{id}")
    _every_way_to_miss(witness, "DELETE", "/v1/virtualdisks/{id}")
    _follow(witness, witness.ask("DELETE", disk))


def _configurations(witness: Witness) -> None:
    for verb in ("expand", "populate-variables", "validate"):
        path = f"/v1/catlets/config/{verb}"
        _follow(witness, witness.ask("POST", path, {"configuration": {"name": "plan", "parent": STARTER}}))
        witness.ask("POST", path, {"configuration": {"name": "a_b", "parent": "?"}})
        witness.ask("POST", path, {})


def _projects(witness: Witness) -> None:
    made = _follow(witness, witness.ask("POST", "/v1/projects", {"name": "dev"}))
    project = f"/v1/projects/{made['id']}"
    _follow(witness, witness.ask("POST", "/v1/projects", {"name": "dev"}))  # accepted, and fails
    witness.ask("POST", "/v1/projects", {"name": "default"})
    witness.ask("GET", "/v1/projects")
    witness.ask("GET", project)
    _every_way_to_miss(witness, "GET", "/v1/projects/{id}")
    _every_way_to_miss(witness, "DELETE", "/v1/projects/{id}")
    members = f"{project}/members"
    added = witness.ask("POST", members, {"member_id": "stranger", "role_id": READER})
    _follow(witness, added)
    witness.ask("POST", members, {"member_id": "stranger", "role_id": "nonsense"})
    witness.ask("GET", members)
    if added.status_code == 202:
        witness.ask("GET", f"{members}/{added.json()['id']}")
        _follow(witness, witness.ask("DELETE", f"{members}/{added.json()['id']}"))
    for method in ("GET", "DELETE"):
        _every_way_to_miss(witness, method, members + "/{id}")
    witness.ask("GET", "/v1/projects/nonsense/members")
    witness.ask("POST", "/v1/projects/nonsense/members", {"member_id": "stranger", "role_id": READER})
    _follow(witness, witness.ask("DELETE", project))


def _networks(witness: Witness, project: str) -> None:
    listed = witness.ask("GET", f"/v1/virtualnetworks?project_id={project}").json()["value"]
    witness.ask("GET", f"/v1/virtualnetworks/{listed[0]['id']}")
    _every_way_to_miss(witness, "GET", "/v1/virtualnetworks/{id}")
    path = f"/v1/projects/{project}/virtualnetworks/config"
    found = witness.ask("GET", path)
    wanted = found.json().get("configuration", {})
    _follow(witness, witness.ask("PUT", path, {"configuration": wanted}))
    witness.ask("PUT", path, {"configuration": "nonsense"})
    for method in ("GET", "PUT"):
        _every_way_to_miss(witness, method, "/v1/projects/{id}/virtualnetworks/config", {"configuration": wanted})


def _genes(witness: Witness) -> None:
    genes = witness.ask("GET", "/v1/genes").json().get("value", [])
    for gene in genes[:3]:
        witness.ask("GET", f"/v1/genes/{gene['id']}")
    _every_way_to_miss(witness, "GET", "/v1/genes/{id}")
    _every_way_to_miss(witness, "DELETE", "/v1/genes/{id}")
    for gene in genes[:1]:
        _follow(witness, witness.ask("DELETE", f"/v1/genes/{gene['id']}"))
    _follow(witness, witness.ask("DELETE", "/v1/genes"))


def _specifications(witness: Witness, project: str) -> None:
    root = "/v1/catlet_specifications"
    plan = {"content_type": "application/yaml", "content": f"name: planned\nparent: {STARTER}\n"}
    wanted = {"project_id": project, "comment": "first", "configuration": plan}
    _follow(witness, witness.ask("POST", f"{root}/validate", {"configuration": plan}))
    _follow(witness, witness.ask("POST", root, wanted))
    witness.ask("POST", root, wanted)
    witness.ask("POST", root, {**wanted, "project_id": UNKNOWN, "architectures": ["nonsense"]})
    listed = witness.ask("GET", f"{root}?project_id={project}")
    one = f"{root}/{listed.json()['value'][0]['id'] if listed.ok else UNKNOWN}"
    _follow(witness, witness.ask("PUT", one, {"comment": "second", "configuration": plan}))
    witness.ask("GET", one)
    versions = witness.ask("GET", f"{one}/versions")
    version = f"{one}/versions/{versions.json()['value'][-1]['id'] if versions.ok else UNKNOWN}"
    witness.ask("GET", version)
    witness.ask("GET", f"{one}/versions/{UNKNOWN}")
    witness.ask("POST", f"{version}/deploy", {})
    _follow(witness, witness.ask("POST", f"{version}/deploy", {"variables": {}}))
    _follow(witness, witness.ask("POST", f"{version}/deploy", {"variables": {}, "redeploy": True}))
    witness.ask("DELETE", one, {"delete_catlet": False})
    _follow(witness, witness.ask("DELETE", one, {"delete_catlet": True}))


def _guest_services(witness: Witness) -> None:
    catlet = f"/v1/catlets/{witness.make_catlet('inside')}"
    witness.ask("POST", f"{catlet}/config/expand", {"configuration": {"name": "inside"}})
    _follow(witness, witness.ask("PUT", f"{catlet}/start"), polls=1)
    guest = f"{catlet}/guest-services"
    for method, path, body in (
        ("GET", guest, None),
        ("PATCH", f"{guest}/settings", {"shell": "/bin/sh", "shell_args": "-l"}),
        ("PATCH", f"{guest}/settings", {}),
        ("GET", guest, None),
        ("POST", f"{guest}/access-keys", {"public_key": "ssh-ed25519 AAAA", "ttl": 60}),
        ("POST", f"{guest}/access-keys", {"public_key": "a\nb"}),
        ("DELETE", f"{guest}/access-keys", None),
        ("PUT", f"{guest}/ssh-channel?publicKey=ssh-ed25519%20AAAA&ttl=60", None),
        ("GET", f"{guest}/provisioning-log", None),
    ):
        _follow(witness, witness.ask(method, path, body), polls=1)


def _options(witness: Witness) -> None:
    for name in ("datastores", "environments", "sites"):
        witness.ask("GET", f"/v1/config/{name}")


def _clients(witness: Witness) -> None:
    wanted = {"name": "ci", "allowed_scopes": ["compute:read"]}
    made = witness.ask_identity("POST", "/v1/clients", wanted)
    witness.ask_identity("POST", "/v1/clients", {"name": "x" * 255, "allowed_scopes": ["nonsense"]})
    witness.ask_identity("POST", "/v1/clients", {})
    one = f"/v1/clients/{made.json()['id'] if made.ok else UNKNOWN}"
    witness.ask_identity("GET", "/v1/clients")
    for path in (one, f"/v1/clients/{UNKNOWN}"):
        witness.ask_identity("GET", path)
        witness.ask_identity("PUT", path, {**wanted, "name": "cd"})
        for is_shared in (True, False):
            witness.ask_identity("POST", f"{path}/key", {"shared_secret": is_shared})
        witness.ask_identity("DELETE", path)


def _operations(witness: Witness) -> None:
    witness.ask("GET", "/v1/version")
    witness.ask("GET", f"/v1/operations{EXPAND}")
    witness.ask("GET", "/v1/operations?expand=logs&log_time_stamp=2018-01-01T00:00:00Z")
    witness.ask("GET", "/v1/operations?log_time_stamp=nonsense")
    _every_way_to_miss(witness, "GET", "/v1/operations/{id}")
    _cancelled(witness)
    witness.ask("POST", f"/v1/operations/{UNKNOWN}/cancel")


def _cancelled(witness: Witness) -> None:
    """Only the download of a gene heeds a request to cancel."""
    begun = witness.submit("POST", "/v1/catlets", {"configuration": {"name": "late", "parent": COLD}})
    for _ in range(100):
        witness.simulator.advance(0.5)
        if any(each["name"] == "PrepareGeneCommand" for each in witness.operation(begun["id"])["tasks"]):
            break
    witness.simulator.advance(1.0)
    witness.ask("POST", f"/v1/operations/{begun['id']}/cancel")
    witness.finish(begun["id"])


def _refusals(witness: Witness, nobody: Witness, stranger: Witness) -> None:
    """No token, no scope, no right."""
    witness.ask("GET", "/v1/catlets", headers={"Authorization": "Bearer nonsense"})
    witness.ask("GET", "/v1/catlets", headers={"Authorization": ""})
    nobody.ask("GET", "/v1/catlets")
    nobody.ask("POST", "/v1/projects", {"name": "mine"})
    stranger.ask("POST", "/v1/catlets", {"configuration": {"name": "mine"}})
    stranger.ask("DELETE", "/v1/genes")
