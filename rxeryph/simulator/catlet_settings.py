"""What a catlet configuration asks for, and which changes of a machine it needs."""

from __future__ import annotations

from collections.abc import Mapping


def changes(configuration: Mapping[str, object], before: Mapping[str, object] | None) -> list[str]:
    """The changes that turn the configuration ``before`` (None: no machine) into this one, as log lines."""
    lines = []
    is_new = before is None
    if is_new:
        lines.append("Configuring secure boot settings (Secure Boot: Off)")
    if before is None or cpu_count(before) != cpu_count(configuration):
        lines.append(f"Configure Catlet CPU count: {cpu_count(configuration)}")
    minimum = _member(configuration, "memory", "minimum")
    if minimum is not None and (before is None or _member(before, "memory", "minimum") != minimum):
        lines.append(f"Updating catlet memory settings: Dynamic memory enabled; Minimum memory {minimum} MiB.")
    if is_new:
        for location, disk in enumerate(drives(configuration)):
            lines.append(f"Creating HD Drive: {disk}")
            lines.append(f"Attaching HD Drive {disk} to controller: 0, Location: {location}")
        lines += [f"Add Network Adapter: {adapter}" for adapter in adapters(configuration)]
    return lines


def cpu_count(configuration: Mapping[str, object]) -> int:
    """The number of processors."""
    count = _member(configuration, "cpu", "count")
    return count if isinstance(count, int) else 1


def adapters(configuration: Mapping[str, object]) -> list[str]:
    """The names of the network adapters."""
    return _names(configuration, "network_adapters") or ["eth0"]


def drives(configuration: Mapping[str, object]) -> list[str]:
    """The names of the drives; a catlet with a parent has a system drive."""
    names = _names(configuration, "drives")
    return names if "sda" in names or "parent" not in configuration else ["sda", *names]


def expanded(configuration: Mapping[str, object]) -> dict[str, object]:
    """The configuration with defaults for processors, memory, drives and adapters."""
    memory = configuration.get("memory")
    named = {"drives": drives(configuration), "network_adapters": adapters(configuration)}
    return {
        **configuration,
        "cpu": {"count": cpu_count(configuration)},
        "memory": {"startup": 1024, **(memory if isinstance(memory, dict) else {})},
        **{member: _with_details(configuration, member, names) for member, names in named.items()},
    }


def filled(configuration: Mapping[str, object], values: Mapping[str, str]) -> dict[str, object]:
    """The configuration with ``values`` for its variables, by their names in lower case."""
    variables = configuration.get("variables")
    if not isinstance(variables, list):
        return dict(configuration)
    known = [item if isinstance(item, dict) else {} for item in variables]
    return {
        **configuration,
        "variables": [
            {**item, "value": values.get(str(item.get("name")).lower(), item.get("value"))} for item in known
        ],
    }


def redacted(configuration: Mapping[str, object]) -> dict[str, object]:
    """The configuration with placeholders for the variables and fodder that are marked as secret."""
    found = dict(configuration)
    for member, part in (("variables", "value"), ("fodder", "content")):
        items = found.get(member)
        if isinstance(items, list):
            found[member] = [_redacted(item, part) if isinstance(item, dict) else item for item in items]
    return found


def _redacted(item: Mapping[str, object], part: str) -> dict[str, object]:
    shown = redacted(item)  # fodder has variables of its own
    return {**shown, part: "#REDACTED"} if item.get("secret") is True else shown


def disk_size(configuration: Mapping[str, object], drive: str) -> int:
    """The size of a drive in GiB."""
    size = next((each.get("size") for each in _with_details(configuration, "drives", [drive])), None)
    return size if isinstance(size, int) else 30


def _with_details(configuration: Mapping[str, object], member: str, names: list[str]) -> list[dict[str, object]]:
    items = configuration.get(member)
    given = {item.get("name"): item for item in items if isinstance(item, dict)} if isinstance(items, list) else {}
    return [{"name": name, **given.get(name, {})} for name in names]


def _names(configuration: Mapping[str, object], member: str) -> list[str]:
    items = configuration.get(member)
    items = items if isinstance(items, list) else []
    return [str(item["name"]) for item in items if isinstance(item, dict) and item.get("name")]


def _member(configuration: Mapping[str, object], member: str, part: str) -> object:
    value = configuration.get(member)
    return value.get(part) if isinstance(value, dict) else None
