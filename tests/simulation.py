"""A bare HTTP client for a running simulator, independent of the library."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import requests

from rxeryph.simulator import Simulator

DEFAULT_PROJECT = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000001"
READER = "47982531-a6d2-41e4-ad6c-d5023deb7710"
"""The id of the role."""
STARTER = "dbosoft/ubuntu-22.04/starter"
"""A parent that is in the gene pool from the start."""


class Raw:
    """Sends plain requests as ``client_id`` to the compute API, or to that of ``service``."""

    def __init__(
        self,
        simulator: Simulator,
        client_id: str | None = None,
        scope: str | None = None,
        *,
        secret: str | None = None,
        service: str = "compute",
    ) -> None:
        self.simulator = simulator
        self.endpoint = f"{simulator.endpoint}/{service}"
        self.session = requests.Session()
        self.session.trust_env = False
        form = {"grant_type": "client_credentials", "client_id": client_id or simulator.client_id}
        form |= {"client_secret": secret or simulator.client_secret}
        if scope is not None:
            form["scope"] = scope
        reply = self.session.post(f"{simulator.identity_endpoint}/connect/token", data=form, timeout=5)
        reply.raise_for_status()
        self.token = reply.json()["access_token"]

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Send one request; ``path`` begins after the endpoint."""
        headers = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return self.session.request(method, self.endpoint + path, json=body, headers=headers, timeout=5)

    def get(self, path: str) -> Any:
        """The document at ``path``."""
        reply = self.ask("GET", path)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def refusal(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """The status and the problem document of a request that is refused."""
        reply = self.ask(method, path, body, headers)
        assert reply.headers["content-type"].startswith("application/problem+json"), reply.text
        document = reply.json()
        assert document["status"] == reply.status_code
        assert document["traceId"] == reply.headers["x-ms-client-request-id"]
        assert document["type"].startswith("https://tools.ietf.org/html/rfc9110#section-15")
        return reply.status_code, document

    def submit(self, method: str, path: str, body: object = None) -> Any:
        """Submit a change, and return its operation."""
        reply = self.ask(method, path, body)
        assert reply.status_code == 202, reply.text
        return reply.json()

    def operation(self, operation_id: str) -> Any:
        """The operation with all its collections."""
        return self.get(f"/v1/operations/{operation_id}?expand=logs,tasks,resources,projects")

    def finish(self, operation_id: str, seconds: float = 600.0) -> Any:
        """Let simulated time pass and return the operation as it is then."""
        self.simulator.advance(seconds)
        return self.operation(operation_id)

    def change(self, method: str, path: str, body: object = None) -> Any:
        """Submit a change, and return its operation when it has ended."""
        return self.finish(self.submit(method, path, body)["id"])

    def current(self, path: str) -> dict[str, Any]:
        """The configuration of the catlet at ``path``, without what an update may not contain."""
        configuration = self.get(f"{path}/config")["configuration"]
        return {member: value for member, value in configuration.items() if member not in ("variables", "fodder")}

    def make_catlet(self, name: str = "web", **configuration: object) -> str:
        """The id of a new catlet."""
        made = self.change("POST", "/v1/catlets", {"configuration": {"name": name, **configuration}})
        return str(made["resources"][0]["resource_id"])

    def close(self) -> None:
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def tree(operation: Mapping[str, Any]) -> list[str]:
    """The tasks of an operation as indented lines, each followed by its log lines, in the order of time."""
    lines: list[str] = []

    def visit(parent: str, indent: str) -> None:
        children = [task for task in operation["tasks"] if task["parent_task_id"] == parent]
        for task in sorted(children, key=lambda task: task["created"].ljust(40, "0")):
            shown = f' "{task["display_name"]}"' if "display_name" in task else ""
            ended = "" if task["status"] == "Completed" else f" {task['status']} {task['progress']}"
            lines.append(f"{indent}{task['name']}{shown}{ended}")
            entries = [entry for entry in operation["log_entries"] if entry["task_id"] == task["id"]]
            lines.extend(
                f"{indent}  - {entry['message']}" for entry in sorted(entries, key=lambda entry: entry["timestamp"])
            )
            visit(task["id"], indent + "  ")

    visit(operation["id"], "")
    return lines
