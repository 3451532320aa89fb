"""The capabilities of a machine that a configuration switches on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .members import Configuration, items

SECURE_BOOT = "secure_boot"
NESTED_VIRTUALIZATION = "nested_virtualization"
DYNAMIC_MEMORY = "dynamic_memory"
TPM = "tpm"


def is_on(configuration: Mapping[str, Any], capability: str) -> bool:
    """Whether a capability is named and not disabled."""
    details = [
        each.get("details") or () for each in items(configuration, "capabilities") if each["name"] == capability
    ]
    return any("disabled" not in map(str.lower, each) for each in details)


def is_dynamic(configuration: Mapping[str, Any]) -> bool:
    """Whether the memory may change: the capability is on, or the memory has limits."""
    memory = configuration.get("memory") or {}
    return is_on(configuration, DYNAMIC_MEMORY) or "minimum" in memory or "maximum" in memory


def secure_boot_template(configuration: Mapping[str, Any]) -> str | None:
    """The template for secure boot; None if it is off."""
    if not is_on(configuration, SECURE_BOOT):
        return None
    details = [
        each.get("details") or () for each in items(configuration, "capabilities") if each["name"] == SECURE_BOOT
    ]
    templates = [
        detail.removeprefix("template:") for each in details for detail in each if detail.startswith("template:")
    ]
    return templates[0] if templates else "MicrosoftWindows"


def shown_capabilities(configuration: Mapping[str, Any]) -> list[Configuration]:
    """The capabilities that are on."""
    found: list[Configuration] = [{"name": DYNAMIC_MEMORY}] if is_dynamic(configuration) else []
    found += [{"name": NESTED_VIRTUALIZATION}] if is_on(configuration, NESTED_VIRTUALIZATION) else []
    template = secure_boot_template(configuration)
    found += [{"name": SECURE_BOOT, "details": [f"template:{template}"]}] if template else []
    return found + ([{"name": TPM}] if is_on(configuration, TPM) else [])
