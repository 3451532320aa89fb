"""The endpoints that tell what a configuration may choose from."""

from __future__ import annotations

from collections.abc import Iterable

from ..api import Answer, Call, Endpoint


class Options:
    """One data store, one environment, one site, each called ``default``."""

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
