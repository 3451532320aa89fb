"""Where is eryph and who am I: stores, local servers, client credentials, access tokens."""

from __future__ import annotations

from .chain import find, locate
from .client_credentials import ClientCredentials
from .endpoints import Endpoints
from .environment import Environment
from .found import Found, Whereabouts
from .replacing import replace_file
from .route import Route, Site
from .saving import save
from .tokens import TokenSource

__all__ = [
    "ClientCredentials",
    "Endpoints",
    "Environment",
    "Found",
    "Route",
    "Site",
    "TokenSource",
    "Whereabouts",
    "find",
    "locate",
    "replace_file",
    "save",
]
