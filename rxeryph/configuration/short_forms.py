"""What a configuration means: short forms written out, as the server requires in JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .kinds import Boolean, Choice, List, Object, Rule, String, Whole

_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def written_out(value: object, rule: Rule) -> object:
    """``value`` with ``cpu: 2`` as ``cpu: {count: 2}``, and so on; the values of variables become strings.

    What does not fit the rules stays as it is.
    """
    if isinstance(rule, Object):
        if isinstance(value, Mapping):
            known = rule.members
            return {name: written_out(item, known[name]) if name in known else item for name, item in value.items()}
        if rule.short and type(value) is (str if isinstance(rule.members[rule.short], String) else int):
            return {rule.short: value}
    if isinstance(rule, List) and isinstance(value, list):
        return [written_out(item, rule.entry) for item in value]
    if isinstance(rule, String) and rule.accepts_scalars:
        return as_string(value)
    return value


def as_yaml(value: object, rule: Rule) -> object:
    """``value`` as the server's reader of YAML understands it: member names in any letter case, and no quotes needed.

    Only what the server itself reads as YAML is taken that way.
    """
    match rule:
        case Object() if isinstance(value, Mapping):
            folded = {name.casefold() if name.casefold() in rule.members else name: value[name] for name in value}
            return {name: as_yaml(item, rule.members.get(name, String())) for name, item in folded.items()}
        case Object() if rule.short and isinstance(value, str | int | float):
            return {rule.short: as_yaml(value, rule.members[rule.short])}
        case List() if isinstance(value, list):
            return [as_yaml(item, rule.entry) for item in value]
        case String() | Choice():
            return as_string(value)
        case Whole() if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,18}", value):
            return int(value)
        case Boolean() if isinstance(value, str) and value.casefold() in _BOOLEANS:
            return _BOOLEANS[value.casefold()]
    return value


def as_string(value: object) -> object:
    """A number or boolean as its spelling in JSON, and anything else as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value
