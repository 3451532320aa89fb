"""Documents for programs: JSON in one line or many, YAML."""

from __future__ import annotations

import json
from typing import Any

from ...errors import ConfigurationError
from ...model.text import escaped_json


def json_line(document: object) -> str:
    """JSON on one line, without characters that control a terminal."""
    return escaped_json(json.dumps(document, ensure_ascii=False))


def json_text(document: object) -> str:
    """JSON that is indented, for an object or a list of objects."""
    lines = json.dumps(document, ensure_ascii=False, indent=2).splitlines()
    return "\n".join(map(escaped_json, lines))


def yaml_text(document: object) -> str:
    """YAML, without characters that control a terminal. Raises ConfigurationError if PyYAML is missing."""
    try:
        import yaml
    except ModuleNotFoundError:
        raise ConfigurationError('PyYAML is missing. Run: python -m pip install "rxeryph[cli]"') from None

    class Dumper(yaml.SafeDumper):
        """Quotes what a terminal could take for control characters."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
            return super().increase_indent(flow, False)

    def represent(dumper: yaml.SafeDumper, value: str) -> Any:
        lines = value.split("\n")
        is_plain = all(each.isprintable() for each in lines)
        style = "|" if is_plain and len(lines) > 1 else None if is_plain else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, represent)
    text: str = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return "".join(each if each.isprintable() or each == "\n" else f"\\U{ord(each):08x}" for each in text).rstrip(
        "\n"
    )
