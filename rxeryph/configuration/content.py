"""A configuration as the content of a specification, where a string keeps its comments."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..arguments import described
from .checking import Unknown, Violation
from .documents import ROOT, Configuration, Document, read_document
from .plain import flattened, json_data
from .preparing import as_object, checked, sentences
from .refusal import Sentence, invalid
from .rules import SPECIFICATION
from .short_forms import as_yaml, written_out


def check_specification(
    configuration: Configuration, content_type: str | None = None, *, unknown: Unknown = "refuse"
) -> dict[str, object]:
    """``configuration`` with its content type; a string is kept unchanged.

    Raises InvalidRequestError for anything that is not a configuration, or not of ``content_type``.
    """
    if content_type not in (None, "application/json", "application/yaml"):
        raise invalid(
            f"{ROOT}.content_type", f"{described(content_type)} is neither application/json nor application/yaml."
        )
    document = read_document(configuration, f"{ROOT}.content")
    if document.is_json and content_type == "application/yaml" and document.text is None:
        raise invalid(
            f"{ROOT}.content_type", f"a mapping is sent as application/json, not {described(content_type)}."
        )
    if not document.is_json and content_type == "application/json":
        raise invalid(f"{ROOT}.content_type", "the configuration is YAML, not application/json.")
    content_type = content_type or ("application/json" if document.is_json else "application/yaml")
    plain = json_data(document.members, document.root)
    if document.text is None:
        plain = as_object(written_out(flattened(plain, document.root), SPECIFICATION))
    elif "config" in plain:
        raise invalid(
            f"{document.root}.config", "a string is kept unchanged, so move the members of config up, next to name."
        )
    elif content_type == "application/yaml":
        plain = as_object(as_yaml(plain, SPECIFICATION))
    checked(document, plain, SPECIFICATION, unknown, _flowing(document))
    return {
        "content_type": content_type,
        "content": json.dumps(plain, ensure_ascii=False) if document.text is None else document.text,
    }


def _flowing(document: Document) -> Iterator[Sentence]:
    """Fodder that the server does not read, because its YAML is in braces or brackets."""
    advice = "Write the content with one member or entry per line, or in quotes."
    found = (
        Violation(path, "content in braces or brackets is not accepted", advice) for path in sorted(document.flowing)
    )
    return sentences(found, document)
