"""A walk through a simulator that requests every answer every endpoint can give, and keeps the exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, closing
from typing import Any
from urllib.parse import urlsplit

import requests

from rxeryph.simulator import Simulator
from tests.calls import CALLS, DISKS, ID, NETWORKS, SPECIFICATIONS
from tests.contract.published import Exchange
from tests.simulation import Raw

UNKNOWN = "00000000-0000-4000-8000-00000000dead"
STARTER = "dbosoft/ubuntu-22.04/starter"
COLD = "dbosoft/winsrv2022/starter"
"""A parent that no other request uses, so that its genes have to be downloaded."""
READER = "47982531-a6d2-41e4-ad6c-d5023deb7710"
EXPAND = "?expand=logs,tasks,resources,projects"


class Witness(Raw):
    """A raw client that adds every exchange to a list."""

    def __init__(
        self, simulator: Simulator, exchanges: list[Exchange], client_id: str | None = None, service: str = "compute"
    ) -> None:
        super().__init__(simulator, client_id, service=service)
        self.exchanges = exchanges

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        reply = super().ask(method, path, body, headers)
        self.exchanges.append(exchange_of(reply))
        return reply

    def follow(self, method: str, path: str, body: object = None, polls: int = 12) -> Any:
        """Read the operation that a request starts again and again, until it has ended."""
        reply = self.ask(method, path, body)
        if reply.status_code != 202 or not reply.content:
            return {"resources": []}
        path = f"/v1/operations/{reply.json()['id']}{EXPAND}"
        for _ in range(polls):
            self.get(path)
            self.simulator.advance(2.0)
        self.simulator.advance(600.0)
        return self.get(path)

    def first(self, path: str) -> str:
        """The path of the first item of a list; of an unknown one if the list is not there."""
        reply = self.ask("GET", path)
        return f"{path.partition('?')[0]}/{reply.json()['value'][0]['id'] if reply.ok else UNKNOWN}"


def exchange_of(reply: requests.Response) -> Exchange:
    """The request and its answer; the path is the one below the service."""
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
    """Every exchange of the walk, in order; the simulator's clock must not run by itself."""
    simulator.add_client("nothing", scopes=("compute:genes:read",))
    simulator.add_client("stranger", scopes=("compute:write",))
    exchanges: list[Exchange] = []
    with ExitStack() as stack:

        def witness(client_id: str | None = None, service: str = "compute") -> Witness:
            return stack.enter_context(closing(Witness(simulator, exchanges, client_id, service)))

        main, identity = witness(), witness(service="identity")
        project = main.get("/v1/projects")["value"][0]["id"]
        _catlets(main, project)
        _disks(main, project)
        _configurations(main)
        _projects(main)
        _networks(main, project)
        _genes(main)
        _specifications(main, project)
        _guest_services(main)
        _clients(identity)
        _operations(main)
        _requests_of_the_client(main, identity)
        _refusals(main, witness("nothing"), witness("stranger"))
    return exchanges


def _requests_of_the_client(main: Witness, identity: Witness) -> None:
    """Lists, and every request about an item with an id that does not exist and one that is not an id."""
    for call in CALLS:
        method, path, body = call.request
        witness = main if call.service == "compute" else identity
        for wrong in (UNKNOWN, "nonsense") if ID in path else ():
            witness.ask(method, path.replace(ID, wrong), body)
        if method == "GET" and ID not in path:
            witness.ask(method, path)


def _catlets(witness: Witness, project: str) -> None:
    configuration: dict[str, object] = {
        "name": "web",
        "parent": STARTER,
        "cpu": {"count": 2},
        "memory": {"startup": 1024, "minimum": 512},
        "networks": [{"name": "default"}],
        "drives": [{"name": "data", "size": 5}],
    }
    made = witness.follow("POST", "/v1/catlets", {"configuration": configuration})
    catlet = f"/v1/catlets/{made['resources'][0]['resource_id']}"
    witness.ask("POST", "/v1/catlets", {"configuration": configuration})  # the name is taken
    witness.ask("POST", "/v1/catlets", {"configuration": {"name": "a_b", "drives": [{"name": "-"}]}})
    witness.ask("POST", "/v1/catlets", {"configuration": {"name": "web", "project": "nowhere"}})
    witness.ask("POST", "/v1/catlets", {})
    witness.ask("POST", "/v1/catlets")
    witness.follow("POST", "/v1/catlets", {"configuration": {"name": "lost", "parent": "acme/missing/1.0"}})
    for path in ("/v1/catlets", f"/v1/catlets?project_id={project}", "/v1/catlets?project_id=x", f"{catlet}/config"):
        witness.ask("GET", path)
    witness.follow("PUT", f"{catlet}/start")
    witness.ask("GET", catlet)
    for mode in ("Shutdown", "Hard", "Kill", "nonsense"):
        witness.follow("PUT", f"{catlet}/stop", {"mode": mode}, polls=1)
    witness.follow("PUT", catlet, {"configuration": {**configuration, "cpu": {"count": 4}}})
    witness.ask("PUT", catlet, {"configuration": {"cpu": -1}})
    witness.ask("GET", DISKS)
    witness.follow("DELETE", catlet)


def _disks(witness: Witness, project: str) -> None:
    wanted = {"project_id": project, "name": "data", "location": "store", "size": 10}
    made = witness.follow("POST", DISKS, wanted)
    for wrong in ({}, {"size": 0, "name": "a.b"}, {"project_id": UNKNOWN}):
        witness.ask("POST", DISKS, {**wanted, **wrong})
    disk = f"{DISKS}/{made['resources'][0]['resource_id']}"
    for path in (DISKS, f"{DISKS}?project_id={project}", disk):
        witness.ask("GET", path)
    witness.follow("DELETE", disk)


def _configurations(witness: Witness) -> None:
    for verb in ("expand", "populate-variables", "validate"):
        path = f"/v1/catlets/config/{verb}"
        witness.follow("POST", path, {"configuration": {"name": "plan", "parent": STARTER}})
        witness.ask("POST", path, {"configuration": {"name": "a_b", "parent": "?"}})
        witness.ask("POST", path, {})


def _projects(witness: Witness) -> None:
    project = f"/v1/projects/{witness.follow('POST', '/v1/projects', {'name': 'dev'})['id']}"
    witness.follow("POST", "/v1/projects", {"name": "dev"})  # accepted, and fails
    for refused in ("default", ""):
        witness.ask("POST", "/v1/projects", {"name": refused})
    witness.ask("GET", project)
    members = f"{project}/members"
    witness.follow("POST", members, {"member_id": "stranger", "role_id": READER})
    witness.ask("POST", members, {"member_id": "stranger", "role_id": "nonsense"})
    member = witness.first(members)
    witness.ask("GET", member)
    witness.follow("DELETE", member)
    for method in ("GET", "DELETE"):
        witness.ask(method, f"{members}/{UNKNOWN}")
    witness.follow("DELETE", project)


def _networks(witness: Witness, project: str) -> None:
    witness.ask("GET", witness.first(f"{NETWORKS}?project_id={project}"))
    path = f"/v1/projects/{project}/virtualnetworks/config"
    wanted = witness.ask("GET", path).json().get("configuration", {})
    witness.follow("PUT", path, {"configuration": wanted})
    witness.ask("PUT", path, {"configuration": "nonsense"})


def _genes(witness: Witness) -> None:
    gene = witness.first("/v1/genes")
    witness.ask("GET", gene)
    witness.follow("DELETE", gene)
    witness.follow("DELETE", "/v1/genes")


def _specifications(witness: Witness, project: str) -> None:
    plan = {"content_type": "application/yaml", "content": f"name: planned\nparent: {STARTER}\n"}
    wanted = {"project_id": project, "comment": "first", "configuration": plan}
    witness.follow("POST", f"{SPECIFICATIONS}/validate", {"configuration": plan})
    witness.follow("POST", SPECIFICATIONS, wanted)
    witness.ask("POST", SPECIFICATIONS, wanted)
    witness.ask("POST", SPECIFICATIONS, {**wanted, "project_id": UNKNOWN, "architectures": ["nonsense"]})
    one = witness.first(f"{SPECIFICATIONS}?project_id={project}")
    witness.follow("PUT", one, {"comment": "second", "configuration": plan})
    witness.ask("GET", one)
    version = witness.first(f"{one}/versions")
    for path in (version, f"{one}/versions/{UNKNOWN}"):
        witness.ask("GET", path)
    deployments: tuple[dict[str, object], ...] = ({}, {"variables": {}}, {"variables": {}, "redeploy": True})
    for deployment in deployments:
        witness.follow("POST", f"{version}/deploy", deployment)
    witness.ask("DELETE", one, {"delete_catlet": False})
    witness.follow("DELETE", one, {"delete_catlet": True})


def _guest_services(witness: Witness) -> None:
    catlet = f"/v1/catlets/{witness.make_catlet('inside')}"
    witness.ask("POST", f"{catlet}/config/expand", {"configuration": {"name": "inside"}})
    witness.follow("PUT", f"{catlet}/start", polls=1)
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
        witness.follow(method, path, body, polls=1)


def _clients(witness: Witness) -> None:
    wanted = {"name": "ci", "allowed_scopes": ["compute:read"]}
    made = witness.ask("POST", "/v1/clients", wanted)
    witness.ask("POST", "/v1/clients", {"name": "x" * 255, "allowed_scopes": ["nonsense"]})
    witness.ask("POST", "/v1/clients", {})
    witness.ask("POST", "/v1/clients", {"name": "no scope", "allowed_scopes": [""]})
    for client in (made.json()["id"] if made.ok else UNKNOWN, UNKNOWN):
        path = f"/v1/clients/{client}"
        witness.ask("GET", path)
        witness.ask("PUT", path, {**wanted, "name": "cd"})
        witness.ask("PUT", path, {"name": "no scope", "allowed_scopes": [""]})
        for is_shared in (True, False):
            witness.ask("POST", f"{path}/key", {"shared_secret": is_shared})
        witness.ask("DELETE", path)


def _operations(witness: Witness) -> None:
    witness.ask("GET", f"/v1/operations{EXPAND}")
    witness.ask("GET", "/v1/operations?expand=logs&log_time_stamp=2018-01-01T00:00:00Z")
    witness.ask("GET", "/v1/operations?log_time_stamp=nonsense")
    # Only the download of a gene can be cancelled.
    begun = witness.submit("POST", "/v1/catlets", {"configuration": {"name": "late", "parent": COLD}})
    for _ in range(100):
        witness.simulator.advance(0.5)
        if any(each["name"] == "PrepareGeneCommand" for each in witness.operation(begun["id"])["tasks"]):
            break
    witness.simulator.advance(1.0)
    witness.ask("POST", f"/v1/operations/{begun['id']}/cancel")
    witness.finish(begun["id"])


def _refusals(main: Witness, without_scopes: Witness, without_roles: Witness) -> None:
    for header in ("Bearer nonsense", ""):
        main.ask("GET", "/v1/catlets", headers={"Authorization": header})
    without_scopes.ask("GET", "/v1/catlets")
    without_scopes.ask("POST", "/v1/projects", {"name": "mine"})
    without_roles.ask("POST", "/v1/catlets", {"configuration": {"name": "mine"}})
    without_roles.ask("DELETE", "/v1/genes")
