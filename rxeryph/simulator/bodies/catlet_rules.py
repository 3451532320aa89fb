"""What a catlet configuration must fulfil beyond its shape. Every fault is reported, in the server's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from . import names
from .fodder_rules import check_fodder
from .names import Issues, Rule, check_name
from .variable_rules import check_variables

Configuration: TypeAlias = Mapping[str, object]
Check: TypeAlias = Callable[[Issues, str, Configuration], None]

MAX_CPUS = 240
LARGEST_DRIVE = 64 * 1024
"""In GiB."""
LARGEST_MEMORY = 12 * 1024 * 1024
"""In MiB, like the step."""
MEMORY_STEP = 128

_MAC_ADDRESS = re.compile(r"(?:[0-9a-fA-F]{2}[-:]?){5}[0-9a-fA-F]{2}\n?")
_PATH = re.compile(r'(?:\\\\|[a-zA-Z]:\\)[^/|"<>*?\x00-\x1f]*')


def issues_of(configuration: Configuration, *, is_old: bool = False) -> Issues:
    """What is wrong with a configuration, by JSON paths that begin with ``$``.

    Servers before API 1.2 (``is_old``) do not check MAC addresses, subnets, or how many networks there are.
    """
    issues: Issues = {}
    for member, rule in (
        ("name", names.CATLET),
        ("project", names.project),
        ("store", names.DATA_STORE),
        ("environment", names.ENVIRONMENT),
        ("parent", names.gene_set),
        ("location", names.LOCATION),
    ):
        check_name(issues, f"$.{member}", rule, configuration.get(member))
    check_list(issues, "$.drives", configuration, _drive, 64, names.DRIVE)
    _check_cpu(issues, part(configuration, "cpu"))
    _check_memory(issues, part(configuration, "memory"))
    check_list(issues, "$.capabilities", configuration, _named(names.CAPABILITY), None, names.CAPABILITY)
    check_list(
        issues, "$.networks", configuration, partial(_network, is_old=is_old), None if is_old else 8, names.NETWORK
    )
    check_list(issues, "$.network_adapters", configuration, partial(_adapter, is_old=is_old), 8, names.ADAPTER)
    check_fodder(issues, configuration)
    check_variables(issues, "$.variables", configuration.get("variables"))
    return issues


def check_list(
    issues: Issues, path: str, configuration: Configuration, check: Check, most: int | None, rule: names.Name
) -> None:
    """Check each entry of a list, then whether it is too long, and if all is well, whether names are unique."""
    entries = configuration.get(path.rpartition(".")[2])
    if not isinstance(entries, list):
        return
    before = dict(issues)
    for index, entry in enumerate(entries):
        if isinstance(entry, dict):
            check(issues, f"{path}[{index}]", entry)
        else:
            issues[f"{path}[{index}]"] = ["The entry is null. Remove it."]
    if most is not None and len(entries) > most:
        issues.setdefault(path, []).append(f"The list has more than {most} entries. Remove some.")
    if issues != before:
        return
    given = [str(entry["name"]).lower() for entry in entries]
    for name in sorted({name for name in given if given.count(name) > 1}):
        issues.setdefault(path, []).append(f"The {rule.label} '{name}' occurs more than once. Rename or remove one.")


def part(configuration: Configuration, member: str) -> Configuration:
    """A member that is an object; an empty one if it is absent."""
    value = configuration.get(member)
    return value if isinstance(value, dict) else {}


def _named(rule: Rule) -> Check:
    def check(issues: Issues, path: str, entry: Configuration) -> None:
        check_name(issues, f"{path}.name", rule, entry.get("name"), is_required=True)

    return check


def _drive(issues: Issues, path: str, drive: Configuration) -> None:
    _named(names.DRIVE)(issues, path, drive)
    check_name(issues, f"{path}.store", names.DATA_STORE, drive.get("store"))
    check_name(issues, f"{path}.location", names.LOCATION, drive.get("location"))
    size = drive.get("size")
    if isinstance(size, int) and not 1 <= size <= LARGEST_DRIVE:
        issues[f"{path}.size"] = [f"The size must be between 1 and {LARGEST_DRIVE} GiB. Change it."]
    check_name(issues, f"{path}.source", lambda source: _source(source, drive.get("type")), drive.get("source"))


def _source(source: str, kind: object) -> list[str]:
    if source.startswith("gene:"):
        if kind not in (None, "vhd"):
            return ["A drive with a gene as its source must have the type vhd. Change one of them."]
        return names.gene(source)
    is_path = _PATH.fullmatch(source) and "\\.\\" not in source and "\\..\\" not in source and len(source) <= 260
    return [] if is_path else ["The source must be gene:org/set/tag:name or an absolute Windows path. Correct it."]


def _network(issues: Issues, path: str, network: Configuration, *, is_old: bool) -> None:
    _named(names.NETWORK)(issues, path, network)
    check_name(issues, f"{path}.adapter_name", names.ADAPTER, network.get("adapter_name"))
    for subnet in () if is_old else ("subnet_v4", "subnet_v6"):
        given = part(network, subnet)
        check_name(issues, f"{path}.{subnet}.name", names.SUBNET, given.get("name"))
        check_name(issues, f"{path}.{subnet}.ip_pool", names.IP_POOL, given.get("ip_pool"))


def _adapter(issues: Issues, path: str, adapter: Configuration, *, is_old: bool) -> None:
    _named(names.ADAPTER)(issues, path, adapter)
    if is_old:
        return
    check_name(issues, f"{path}.mac_address", _mac_address, adapter.get("mac_address"))


def _mac_address(value: str) -> list[str]:
    return [] if _MAC_ADDRESS.fullmatch(value) else ["The MAC address must have 12 hexadecimal digits. Correct it."]


def _check_cpu(issues: Issues, cpu: Configuration) -> None:
    count = cpu.get("count")
    if isinstance(count, int) and not 1 <= count <= MAX_CPUS:
        issues["$.cpu.count"] = [f"The number of CPUs must be between 1 and {MAX_CPUS}. Change it."]


def _check_memory(issues: Issues, memory: Configuration) -> None:
    for member in ("maximum", "minimum", "startup"):
        size = memory.get(member)
        if not isinstance(size, int):
            continue
        found = []
        if size < MEMORY_STEP:
            found.append(f"The memory must be at least {MEMORY_STEP} MiB. Increase it.")
        if size % MEMORY_STEP:
            found.append(f"The memory must be a multiple of {MEMORY_STEP} MiB. Change it.")
        if size > LARGEST_MEMORY:
            found.append(f"The memory must be at most {LARGEST_MEMORY} MiB. Reduce it.")
        for other in {"maximum": ("startup",), "minimum": ("startup", "maximum"), "startup": ()}[member]:
            limit = memory.get(other)
            if isinstance(limit, int) and (size > limit if member == "minimum" else size < limit):
                order = "more" if member == "minimum" else "less"
                found.append(f"The {member} memory must not be {order} than the {other} memory. Change one of them.")
        if found:
            issues[f"$.memory.{member}"] = found
