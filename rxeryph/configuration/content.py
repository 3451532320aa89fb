"""A configuration as the content of a specification, where a string keeps its comments."""

from __future__ import annotations

import json

from ..arguments import described
from .documents import ROOT, Configuration, read_document
from .plain import plain_configuration
from .refusal import invalid


def content_of(configuration: Configuration, content_type: str | None) -> dict[str, object]:
    """``configuration`` with its content type; a string is kept unchanged.

    Raises InvalidRequestError for anything that is not a configuration, or not of ``content_type``.
    """
    if content_type not in (None, "application/json", "application/yaml"):
        raise invalid(
            f"{ROOT}.content_type", f"{described(content_type)} is neither application/json nor application/yaml."
        )
    document = read_document(configuration)
    plain = plain_configuration(document.members)
    if document.is_json and content_type == "application/yaml" and document.text is None:
        raise invalid(
            f"{ROOT}.content_type", f"a mapping is sent as application/json, not {described(content_type)}."
        )
    if not document.is_json and content_type == "application/json":
        raise invalid(f"{ROOT}.content_type", "the configuration is YAML, not application/json.")
    if document.text is not None and "config" in document.members:
        raise invalid(f"{ROOT}.config", "a string is kept unchanged, so move the members of config up, next to name.")
    return {
        "content_type": content_type or ("application/json" if document.is_json else "application/yaml"),
        "content": json.dumps(plain, ensure_ascii=False) if document.text is None else document.text,
    }
