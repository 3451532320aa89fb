"""The endpoints that list the options of a configuration."""

from __future__ import annotations

from collections.abc import Iterable

from ..api import Answer, Call, Endpoint
from ..database import Database
from ..level import NEWEST
from ..placement import DEFAULT


class Options:
    """The data stores and environments of the host, and its one site. Only the newest servers list them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def endpoints(self) -> Iterable[Endpoint]:
        return (
            Endpoint("GET", "/v1/config/datastores", None, self.stores, NEWEST),
            Endpoint("GET", "/v1/config/environments", None, self.environments, NEWEST),
            Endpoint("GET", "/v1/config/sites", None, self.sites, NEWEST),
        )

    def stores(self, call: Call) -> Answer:
        return 200, {"value": [{"name": name} for name in (DEFAULT, *self._database.placement.stores)]}

    def environments(self, call: Call) -> Answer:
        names = (DEFAULT, *self._database.placement.environments)
        return 200, {"value": [{"name": name, "site": DEFAULT} for name in names]}

    def sites(self, call: Call) -> Answer:
        return 200, {"value": [{"name": DEFAULT}]}
