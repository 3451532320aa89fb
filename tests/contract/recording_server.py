"""A server that answers what the published documents ask at least, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.contract.published import DOCUMENTS, Exchange, Service, template

ID = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"
OPERATION = {"id": ID, "status": "Queued", "created": "2026-06-26T10:15:30.1234567+00:00"}
_PROJECT = {"id": ID, "name": "default", "tenant_id": ID}
_VERSION = {"id": ID, "created_at": "2026-06-26T10:15:30+00:00"}
_SPECIFICATION = {"id": ID, "name": "web", "project": _PROJECT, "latest": _VERSION}
_CONTENT = {"content_type": "application/yaml", "content": "name: web"}
_SPECIFICATIONS = "/v1/catlet_specifications"
UNPUBLISHED: dict[str, tuple[int, object]] = {
    "POST /v1/operations/{id}/cancel": (202, None),
    f"GET {_SPECIFICATIONS}": (200, {"value": [_SPECIFICATION]}),
    f"GET {_SPECIFICATIONS}/{{id}}": (200, _SPECIFICATION),
    f"GET {_SPECIFICATIONS}/{{id}}/versions": (200, {"value": [_VERSION]}),
    f"GET {_SPECIFICATIONS}/{{id}}/versions/{{id}}": (
        200,
        {"id": ID, "specification_id": ID, "configuration": _CONTENT, "variants": []},
    ),
    "GET /v1/config/datastores": (200, {"value": [{"name": "default"}]}),
    "GET /v1/config/environments": (200, {"value": [{"name": "default", "site": "default"}]}),
    "GET /v1/config/sites": (200, {"value": [{"name": "default"}]}),
}
"""What is answered where no document tells; an operation where this does not either."""


class RecordingServer(ThreadingHTTPServer):
    """Keeps the requests below ``/compute`` and ``/identity``, without those for a token."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[Service, Exchange]] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, service: Service, exchange: Exchange) -> tuple[int, object]:
        """The least that a server says: what is required, and an API version that allows everything."""
        if exchange.path == "/v1/version":
            return 200, {"latest_version": {"major": 1, "minor": 2}}
        document = DOCUMENTS[service]
        found = document.endpoint(exchange.method, exchange.path)
        if found is None:
            known = f"{exchange.method} {template(exchange.path)}"
            return UNPUBLISHED.get(known, (202, OPERATION))
        status, response = next(iter(found[1]["responses"].items()))
        content = response.get("content", {}).get("application/json")
        if status == "202" or content is None:
            return int(status), OPERATION if content else None
        return int(status), _least(document.content, content["schema"])


def _least(document: dict[str, Any], schema: dict[str, Any], name: str = "") -> object:
    """A value with the required members only; a member without a type is a configuration."""
    if "$ref" in schema:
        return _least(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object" | None:
            members = schema.get("properties", {})
            return {each: _least(document, members[each], each) for each in schema.get("required", ())}
        case "array":
            return [_least(document, schema["items"], name)]
        case "boolean":
            return True
        case "integer":
            return 1
        case _:
            return ID if name.endswith("id") else "text"


class _Handler(BaseHTTPRequestHandler):
    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        server = self.server
        assert isinstance(server, RecordingServer)
        base = f"{server.endpoint}/identity"
        service: Service = "identity" if url.path.startswith("/identity/") else "compute"
        path = url.path.removeprefix(f"/{service}/")
        if path == ".well-known/openid-configuration":
            return self._reply(200, {"issuer": base, "token_endpoint": f"{base}/connect/token"})
        if path == "connect/token":
            return self._reply(200, {"access_token": "token", "token_type": "Bearer", "expires_in": 3600})
        exchange = Exchange(self.command, f"/{path}", url.query, self.headers.get("Content-Type", ""), body)
        server.requests.append((service, exchange))
        return self._reply(*server.answer(service, exchange))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

    def _reply(self, status: int, document: object) -> None:
        content = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written to the terminal."""


@contextmanager
def recording_server() -> Iterator[RecordingServer]:
    """A running server; its threads have ended when the block is left."""
    with RecordingServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
