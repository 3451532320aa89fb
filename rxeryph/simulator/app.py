"""The web application of the server: the identity provider and both APIs, over one world."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from .access import Tokens
from .api import Api
from .compute import compute_endpoints
from .identity.clients import Clients
from .identity.provider import Identity
from .level import Level
from .world import World


def make_app(url: str, world: World, level: Level, tokens: Tokens) -> Starlette:
    """The application that is served at ``url``."""
    identity_url, compute_url = f"{url}/identity", f"{url}/compute"
    provider = Identity(identity_url, world.database.clients, tokens, is_strict=level.is_strict)
    identity = Api(identity_url, "identity_api", tokens, world.present)
    compute = Api(compute_url, "compute_api", tokens, world.present)
    clients = Clients(world.database).endpoints()
    endpoints = compute_endpoints(world.database, world.memory.workflow, world.memory.genes, level)
    return Starlette(
        routes=[
            Mount("/identity", routes=[*provider.routes(), *(identity.route(each) for each in clients)]),
            Mount("/compute", routes=[compute.route(each) for each in endpoints]),
        ],
        exception_handlers={HTTPException: compute.refuse},
    )
