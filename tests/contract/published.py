"""The published OpenAPI documents, and what in a request or a reply contradicts them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from tests.calls import ID

FOLDER = Path(__file__).parents[3] / "shared/spec"
Service = Literal["compute", "identity"]
SERVICES: tuple[Service, ...] = ("compute", "identity")

needs_documents = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published OpenAPI documents are not beside this repository (../shared/spec)"
)


@dataclass(frozen=True)
class Exchange:
    """A request and, where there is one, its reply. ``path`` begins with ``/v1``, ``body`` is the raw content."""

    method: str
    path: str
    query: str = ""
    content_type: str = ""
    body: bytes = b""
    status: int = 0
    reply_type: str = ""
    reply: bytes = b""
    service: Service = "compute"


class Document:
    """One published document. Contradictions are short strings, equal for equal causes: ``Operation has created``."""

    def __init__(self, service: Service) -> None:
        self._path = FOLDER / f"eryph-{service}-v1.json"

    @cached_property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return found

    @property
    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Method, path and description of every operation."""
        for path, methods in self.content["paths"].items():
            for method, described in methods.items():
                yield method.upper(), path, described

    def endpoint(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        """The template and the description of a request's operation; a template without parameters wins."""
        found = [
            (template, described)
            for known, template, described in self.operations
            if known == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
        ]
        return min(found, key=lambda each: each[0].count("{"), default=None)

    def of_request(self, exchange: Exchange) -> set[str]:
        """What in the request is not described."""
        found = self.endpoint(exchange.method, exchange.path)
        if found is None:
            return {f"{exchange.method} {template(exchange.path)} is not published"}
        name, described = f"{exchange.method} {found[0]}", found[1]
        sent = parse_qsl(exchange.query, keep_blank_values=True)
        members = {each["name"]: each["schema"] for each in described.get("parameters", ()) if each["in"] == "query"}
        wrong = {f"{name} has no query {member}" for member, _ in sent if member not in members}
        for member, text in sent:
            wrong |= self._against(members.get(member, {}), text)
        wrong |= {f"{name} repeats {member}" for member, _ in sent if [each for each, _ in sent].count(member) > 1}
        if "requestBody" in described:
            kind = exchange.content_type.partition(";")[0]
            schema = described["requestBody"]["content"].get(kind, {}).get("schema")
            if schema is None:
                return wrong | {f"{name} takes no {kind or 'request without a body'}"}
            return wrong | self._against(schema, json.loads(exchange.body))
        return wrong | ({f"{name} takes no body"} if exchange.body else set())

    def of_reply(self, exchange: Exchange) -> set[str]:
        """What in the reply is not described. A path that does not exist is not described either."""
        found = self.endpoint(exchange.method, exchange.path)
        if found is None:
            return (
                set() if exchange.status == 404 else {f"{exchange.method} {template(exchange.path)} is not published"}
            )
        name, described = f"{exchange.method} {found[0]}", found[1]
        if exchange.status >= 500:
            return {f"{name} answers {exchange.status}"}
        responses = described["responses"]
        response = responses.get(str(exchange.status)) or (responses["default"] if exchange.status >= 400 else None)
        if response is None:
            return {f"{name} answers {exchange.status}"}
        content = response.get("content", {})
        if not content:
            return {f"{name} answers {exchange.status} with a body"} if exchange.reply else set()
        kind = exchange.reply_type.partition(";")[0]
        if kind not in content:
            return {f"{name} answers {exchange.status} as {kind or 'nothing'}"}
        return self._against(content[kind]["schema"], json.loads(exchange.reply))

    def least_reply(self, method: str, path: str) -> object:
        """What the server has to answer at least: the required members. Raises KeyError if it is not published."""
        found = self.endpoint(method, path)
        if found is None:
            raise KeyError(path)
        response = next(iter(found[1]["responses"].values()))
        content = response.get("content", {}).get("application/json")
        return None if content is None else self._least(content["schema"])

    def _least(self, schema: Mapping[str, Any], name: str = "") -> object:
        """A member without a type is a configuration."""
        if "$ref" in schema:
            return self._least(self.content["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name)
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object" | None:
                members = schema.get("properties", {})
                return {each: self._least(members[each], each) for each in schema.get("required", ())}
            case "array":
                return [self._least(schema["items"], name)]
            case "boolean":
                return True
            case "integer":
                return 1
            case _:
                return ID if name.endswith("id") else "text"

    @cached_property
    def _names(self) -> dict[int, str]:
        return {id(schema): name for name, schema in self.content["components"]["schemas"].items()}

    def _against(self, schema: Mapping[str, Any], value: object) -> set[str]:
        whole = {"allOf": [schema], "components": self.content["components"]}
        errors = OAS30Validator(whole, format_checker=oas30_format_checker).iter_errors(value)
        return {text for error in errors for text in self._described(error)}

    def _described(self, error: Any) -> Iterator[str]:
        place = "$" + "".join("[]" if isinstance(each, int) else f".{each}" for each in error.absolute_path)
        name = self._names.get(id(error.schema), place)
        match error.validator:
            case "additionalProperties":
                yield from (
                    f"{name} has {member}" for member in set(error.instance) - set(error.schema["properties"])
                )
            case "enum":
                yield f"{name} is {error.instance}"
            case "required":
                yield from (
                    f"{name} lacks {member}" for member in set(error.schema["required"]) - set(error.instance)
                )
            case _:
                yield f"{place}: {error.message}"


def template(path: str) -> str:
    """``path`` with every id in it as ``{id}``, also the one that is none."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|nonsense", "{id}", path)


DOCUMENTS: dict[Service, Document] = {"compute": Document("compute"), "identity": Document("identity")}
