"""The description of an API that the server publishes: an OpenAPI document, which needs no token."""

from __future__ import annotations

import re
from collections.abc import Iterable

ROOT = "/swagger"
PATH, PAGE = f"{ROOT}/v1/swagger.json", f"{ROOT}/index.html"
_PARAMETER = re.compile(r"\{(\w+)\}")


def description(
    title: str, url: str, routes: Iterable[tuple[str, str, str | None, Iterable[str]]]
) -> dict[str, object]:
    """The document of the API at ``url``; a route is a method, a path, a scope and the parameters of its query."""
    paths: dict[str, dict[str, object]] = {}
    for method, path, scope, query in routes:
        parameters = [_parameter(name, "path") for name in _PARAMETER.findall(path)]
        parameters += [_parameter(name, "query") for name in query]
        paths.setdefault(path, {})[method.lower()] = {
            "parameters": parameters,
            "responses": {"default": {"description": "See the documentation of eryph."}},
            "security": [{"oauth2": [scope] if scope else []}],
        }
    token_url = f"{url.rpartition('/')[0]}/identity/connect/token"
    flow = {"clientCredentials": {"tokenUrl": token_url, "scopes": {}}}
    return {
        "openapi": "3.0.4",
        "info": {"title": title, "version": "1.0"},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {"securitySchemes": {"oauth2": {"type": "oauth2", "flows": flow}}},
    }


def is_below(path: str) -> bool:
    """Whether a path needs no token, because the description and its page are there."""
    return f"{path.lower()}/".startswith(f"{ROOT}/")


def page(title: str) -> bytes:
    """The page for people. The real one can also send requests."""
    return f'<!DOCTYPE html><title>{title}</title><a href="v1/swagger.json">{title}</a>'.encode()


def _parameter(name: str, place: str) -> dict[str, object]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
