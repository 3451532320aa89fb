"""A running simulator, and a bare HTTP client for it that owes nothing to the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from rxeryph.simulator import Simulator


class Raw:
    """Speaks to a simulator as ``client_id``, with plain requests; to the compute API, or to that of ``service``."""

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
        """One request; ``path`` begins after the endpoint."""
        return self.session.request(
            method,
            self.endpoint + path,
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **(headers or {})},
            timeout=5,
        )

    def get(self, path: str) -> Any:
        """The document at ``path``."""
        reply = self.ask("GET", path)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def submit(self, method: str, path: str, body: object = None) -> Any:
        """The operation a change became."""
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

    def make_catlet(self, name: str = "web", **configuration: object) -> str:
        """The id of a new catlet."""
        made = self.submit("POST", "/v1/catlets", {"configuration": {"name": name, **configuration}})
        return str(self.finish(made["id"])["resources"][0]["resource_id"])

    def close(self) -> None:
        self.session.close()


def tree(operation: Mapping[str, Any]) -> list[str]:
    """The tasks of an operation as indented lines, with what each logged below it, in the order of time."""
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
