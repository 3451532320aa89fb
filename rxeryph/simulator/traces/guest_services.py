"""What is done with the services inside a catlet."""

from __future__ import annotations

from collections.abc import Callable

from ..clock import ticks_at
from ..documents import timestamp
from ..rows import CatletRow
from ..tasks.steps import Pause, Run, Task

CHANNEL_SECONDS = 120


def read_status(catlet: CatletRow) -> Task:
    """Ask the guest how it is; one that does not run says nothing."""

    def result(run: Run) -> dict[str, object]:
        if catlet.status != "Running":
            return {"guest_services_status": "unknown", **catlet.shell}
        version = {"guest_services_status": "available", "guest_services_version": "0.3.0"}
        return {**version, "provisioning_state": "completed", **catlet.shell}

    return _ask("GetGuestServicesStatus", "Reading guest services status", "GuestServicesStatus", result)


def read_provisioning_log(catlet: CatletRow) -> Task:
    """Read what the guest noted while it was set up."""

    def result(run: Run) -> dict[str, object]:
        event = {"name": "init-network", "type": "finish", "result": "SUCCESS", "message": "network is up"}
        events = [event] if catlet.status == "Running" else []
        return {"rendered_log": "".join(f"{each['name']}: {each['message']}\n" for each in events), "events": events}

    return _ask("GetProvisioningLog", "Reading provisioning log", "ProvisioningLog", result)


def open_channel() -> Task:
    """Open a way for one SSH session, with a token that is good once and for two minutes."""

    def result(run: Run) -> dict[str, object]:
        ends = timestamp(ticks_at(run.now + CHANNEL_SECONDS))
        return {"token": run.database.new_id(), "expires_at": ends}

    return _ask("OpenSshChannel", "Opening SSH channel", "SshChannel", result)


def set_data(title: str, catlet: CatletRow, settings: dict[str, str]) -> Task:
    """Tell the guest its settings, or which keys it lets in; an empty setting clears it."""

    def store(run: Run) -> None:
        catlet.shell = {name: value for name, value in (catlet.shell | settings).items() if value}

    child = Task("SetGuestServicesDataVMCommand", Pause(1.0), on_completed=store)
    return Task("SetGuestServicesDataCommand", child, display_name=title)


def _ask(command: str, title: str, result_type: str, result: Callable[[Run], dict[str, object]]) -> Task:
    def hand_over(run: Run) -> None:
        run.operation.result = {"result_type": result_type, **result(run)}

    child = Task(f"{command}VMCommand", Pause(1.0))
    return Task(f"{command}Command", child, display_name=title, on_completed=hand_over)
