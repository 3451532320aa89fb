"""The endpoints that list the options of a configuration."""

from __future__ import annotations

from collections.abc import Iterable

from ..api import Answer, Call, Endpoint


class Options:
    """There is one data store, one environment and one site, each called ``default``."""

    def endpoints(self) -> Iterable[Endpoint]:
        return (
            Endpoint("GET", "/v1/config/datastores", None, self.names, (1, 2)),
            Endpoint("GET", "/v1/config/environments", None, self.environments, (1, 2)),
            Endpoint("GET", "/v1/config/sites", None, self.names, (1, 2)),
        )

    def names(self, call: Call) -> Answer:
        return 200, {"value": [{"name": "default"}]}

    def environments(self, call: Call) -> Answer:
        return 200, {"value": [{"name": "default", "site": "default"}]}
