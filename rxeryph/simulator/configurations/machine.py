"""Which changes of a machine its configuration needs, and which of them need it to be off."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .capabilities import NESTED_VIRTUALIZATION, TPM, is_dynamic, is_on, secure_boot_template
from .members import by_name, items


def changes(
    configuration: Mapping[str, Any], before: Mapping[str, Any] | None, frozen: Collection[str] = ()
) -> Iterator[str]:
    """The changes that turn the configuration ``before`` (None: a new machine) into this one, as log lines.

    The drives with ``frozen`` disks are skipped.
    """
    template = secure_boot_template(configuration)
    if before is None or secure_boot_template(before) != template:
        yield f"Configuring secure boot settings ({f'Template: {template}' if template else 'Secure Boot: Off'})"
    if before is None or before["cpu"] != configuration["cpu"]:
        yield f"Configure Catlet CPU count: {configuration['cpu']['count']}"
    nested = is_on(configuration, NESTED_VIRTUALIZATION)
    if nested != (before is not None and is_on(before, NESTED_VIRTUALIZATION)):
        yield f"{'Enabling' if nested else 'Disabling'} nested virtualization."
    memory = list(_memory(configuration, before))
    if memory:
        yield f"Updating catlet memory settings: {'; '.join(memory)}."
    yield from _drives(configuration, before, frozen)
    known = by_name(items(before or {}, "network_adapters"))
    networks = {each["adapter_name"]: each["name"] for each in items(configuration, "networks")}
    for adapter in items(configuration, "network_adapters"):
        if adapter["name"] not in known:
            yield f"Add Network Adapter: {adapter['name']}"
        elif adapter["name"] in networks:
            yield f"Connected Network Adapter {adapter['name']} to network {networks[adapter['name']]}"


def needs_stop(configuration: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """The changes that a running machine refuses."""
    if before["cpu"] != configuration["cpu"]:
        yield "CPU count"
    if secure_boot_template(before) != secure_boot_template(configuration):
        yield "secure boot settings"
    for capability, what in ((NESTED_VIRTUALIZATION, "virtualization settings"), (TPM, "TPM settings")):
        if is_on(before, capability) != is_on(configuration, capability):
            yield what


def _memory(configuration: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[str]:
    now, old = configuration["memory"], (before or {}).get("memory") or {}
    if before is not None and now.get("startup") != old.get("startup"):
        yield f"Startup memory {now['startup']} MiB"
    is_now, was = is_dynamic(configuration), is_dynamic(before or {})
    if is_now != was:
        yield f"Dynamic memory {'enabled' if is_now else 'disabled'}"
    for member, title in (("minimum", "Minimum"), ("maximum", "Maximum")):
        if now.get(member) and now[member] != old.get(member):
            yield f"{title} memory {now[member]} MiB"


def _drives(
    configuration: Mapping[str, Any], before: Mapping[str, Any] | None, frozen: Collection[str]
) -> Iterator[str]:
    drives, old = items(configuration, "drives"), by_name(items(before or {}, "drives"))
    names = [drive["name"] for drive in drives]
    for place, gone in enumerate(old):
        if gone in frozen and gone not in names:
            yield f"Skipping detach of frozen disk {gone}"
        elif gone not in names:
            yield f"Detaching disk {gone} from controller: 0, Location: {place}"
    for place, drive in enumerate(drives):
        if drive["name"] in frozen:
            yield f"Skipping HD Drive '{drive['name']}': storage management is disabled for this disk."
        elif drive["name"] not in old:
            yield f"Creating HD Drive: {drive['name']}"
            yield f"Attaching HD Drive {drive['name']} to controller: 0, Location: {place}"
        elif drive.get("size") and drive["size"] != old[drive["name"]].get("size"):
            yield f"Resizing disk {drive['name']} to {drive['size']} GB"
