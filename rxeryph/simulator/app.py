"""The web application of the server: the identity provider and both APIs, over one world."""

from __future__ import annotations

from starlette.requests import Request

from .access import Tokens
from .api import Api
from .compute import compute_endpoints
from .identity.clients import Clients
from .identity.components import Components
from .identity.provider import Identity
from .level import Level
from .routing import without_dots
from .web.exchange import App, Receive, Scope, Send
from .world import World


def make_app(url: str, world: World, level: Level, tokens: Tokens) -> App:
    """The application that is served at ``url``."""
    identity_url, compute_url = f"{url}/identity", f"{url}/compute"
    provider = Identity(identity_url, world.database.clients, tokens, level)
    rooms = Clients(world.database, level), Components(world.authority, world.enrollment_tokens)
    known = [endpoint for room in rooms for endpoint in room.endpoints() if level.has(endpoint.since)]
    identity = Api(identity_url, "identity_api", tokens, level, world.present, known)
    endpoints = compute_endpoints(world.database, world.memory.workflow, world.memory.genes, level)
    compute = Api(compute_url, "compute_api", tokens, level, world.present, endpoints)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        service, path = _split(without_dots(scope["raw_path"].decode("latin-1")))
        if service == "identity":
            response = await provider.answer(request, path) or await identity.answer(request, path)
        else:
            response = await compute.answer(request, path)
        await response(scope, receive, send)

    return app


def _split(path: str) -> tuple[str, str]:
    """The service that a path names, and the rest of the path. Only known services have one."""
    for service in ("identity", "compute"):
        rest = path.removeprefix(f"/{service}")
        if rest != path and rest[:1] in ("", "/"):
            return service, rest
    return "", ""
