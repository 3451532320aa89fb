"""Documents for programs: JSON in one line or many, YAML.

What the encoding of the output lacks, as with an old code page of Windows, is escaped, so that programs read it back.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ...errors import ConfigurationError
from ...model.text import escaped_json


def json_line(document: object) -> str:
    """JSON on one line, without characters that control a terminal."""
    return escaped_json(_json(document))


def json_text(document: object) -> str:
    """JSON that is indented, for an object or a list of objects."""
    lines = _json(document, indent=2).splitlines()
    return "\n".join(map(escaped_json, lines))


def _json(document: object, indent: int | None = None) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return text if _can_encode(text) else json.dumps(document, indent=indent)


def _can_encode(text: str) -> bool:
    try:
        for stream in (sys.stdout, sys.stderr):
            text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


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

    def dumped(*, allow_unicode: bool) -> str:
        return str(yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=allow_unicode, width=1000))

    text = dumped(allow_unicode=True)
    if not _can_encode(text):
        text = dumped(allow_unicode=False)
    return "".join(each if each.isprintable() or each == "\n" else f"\\U{ord(each):08x}" for each in text).rstrip(
        "\n"
    )
