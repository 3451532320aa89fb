"""The network configuration of a project."""

from __future__ import annotations

from collections.abc import Mapping

from ..level import Level
from ..problem import Invalid
from . import names
from .catlet_shape import NETWORKS
from .configurations import read_configuration, within
from .names import check_name


def network_configuration(body: Mapping[str, object], level: Level) -> list[dict[str, object]]:
    """The networks in a request, with their names as given. Beyond their shape, the operation checks them."""
    configuration, issues = read_configuration(str(body["configuration"]), NETWORKS, level)
    check_name(issues, "$.project", names.project, configuration.get("project"))
    if issues:
        raise Invalid(within(issues, "$.configuration", level), "The network configuration is invalid.")
    networks = configuration.get("networks")
    given = [each for each in networks if isinstance(each, dict)] if isinstance(networks, list) else []
    return [{**network, "name": str(network.get("name") or "")} for network in given]
