"""The operations on the guest services of a catlet."""

from __future__ import annotations

import base64
from collections.abc import Callable

from ..clock import ticks_at
from ..documents import timestamp
from ..rows import CatletRow
from ..tasks.steps import Pause, Run, Task
from .deployment import while_it_exists

CHANNEL_SECONDS = 120


def read_status(catlet: CatletRow) -> Task:
    """Ask the guest for its status, which is unknown unless the catlet is running."""

    def result(run: Run) -> dict[str, object]:
        if catlet.status != "Running":
            return {"guest_services_status": "unknown", **catlet.shell}
        version = {"guest_services_status": "available", "guest_services_version": "0.3.0"}
        return {**version, "provisioning_state": "completed", **catlet.shell}

    return _ask(catlet, "GetGuestServicesStatus", "Reading guest services status", "GuestServicesStatus", result)


def read_provisioning_log(catlet: CatletRow) -> Task:
    """Read the log of the guest's setup."""

    def result(run: Run) -> dict[str, object]:
        event = {"name": "init-network", "type": "finish", "result": "SUCCESS", "message": "network is up"}
        events = [event] if catlet.status == "Running" else []
        return {"rendered_log": "".join(f"{each['name']}: {each['message']}\n" for each in events), "events": events}

    return _ask(catlet, "GetProvisioningLog", "Reading provisioning log", "ProvisioningLog", result)


def open_channel(catlet: CatletRow) -> Task:
    """Open a channel for one SSH session, with a token that is valid once and for two minutes."""

    def result(run: Run) -> dict[str, object]:
        ends = ticks_at(run.now + CHANNEL_SECONDS)
        token = base64.urlsafe_b64encode(run.database.random.randbytes(32)).rstrip(b"=").decode()
        catlet.channels[token] = ends
        return {"token": token, "expires_at": timestamp(ends)}

    return _ask(catlet, "OpenSshChannel", "Opening SSH channel", "SshChannel", result)


def set_data(title: str, catlet: CatletRow, settings: dict[str, str]) -> Task:
    """Send settings or keys to the guest. An empty setting clears it."""

    def store(run: Run) -> None:
        catlet.shell = {name: value for name, value in (catlet.shell | settings).items() if value}

    child = Task("SetGuestServicesDataVMCommand", Pause(1.0), on_completed=store)
    return Task("SetGuestServicesDataCommand", while_it_exists(catlet, child), display_name=title)


def _ask(
    catlet: CatletRow, command: str, title: str, result_type: str, result: Callable[[Run], dict[str, object]]
) -> Task:
    def set_result(run: Run) -> None:
        run.operation.result = {"result_type": result_type, **result(run)}

    child = Task(f"{command}VMCommand", Pause(1.0))
    return Task(f"{command}Command", while_it_exists(catlet, child), display_name=title, on_completed=set_result)
