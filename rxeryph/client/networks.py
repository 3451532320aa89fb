"""Virtual networks: list and read them, and configure those of a project."""

from __future__ import annotations

from collections.abc import Mapping

from ..configuration import Configuration, Unknown, check_networks
from ..model import VirtualNetwork
from ..wire import load_configuration, load_virtual_network, load_virtual_networks
from .calls import Calls, OpT
from .names import NETWORKS, Target, target


class VirtualNetworks(Calls[OpT]):
    """The virtual networks of a server; see ``Catlets`` for what a change returns, and for names instead of ids."""

    def list(self, project_id: str | None = None) -> tuple[VirtualNetwork, ...]:
        """The networks that the client may see, all or those of one project (name or id)."""
        return self._list("/v1/virtualnetworks", project_id, load_virtual_networks)

    def get(self, network_id: str, *, project: str | None = None) -> VirtualNetwork:
        """One network. Raises NotFoundError when it does not exist or is not visible."""
        network = target(self._transport, NETWORKS, network_id, "network_id", project, changes=False)
        return self._read(f"/v1/virtualnetworks/{network.find()}", load_virtual_network)

    def get_config(self, project_id: str) -> Mapping[str, object]:
        """The configuration of all networks of a project, as plain JSON data."""
        project = self._project(project_id, changes=False)
        return self._read(_path(project), load_configuration)

    def update_config(
        self,
        project_id: str,
        configuration: Configuration,
        *,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Replace the configuration of a project's networks. ``correlation_id`` becomes the operation's id.

        The configuration is a mapping, a YAML or JSON string, or the path of a file (``pathlib.Path``). Raises
        InvalidRequestError, with all that is wrong by path, before anything is sent; ``unknown="allow"`` accepts
        members that only a newer server knows. If the server cannot apply it, the operation fails.
        """
        project = self._project(project_id, changes=True)
        body = {"configuration": check_networks(configuration, unknown=unknown)}
        chosen = self._choose(correlation_id, once, self.update_config, project_id=project_id, **body)
        return self._submit_as(chosen, "PUT", lambda: (_path(project), body))


def _path(project: Target) -> str:
    return f"/v1/projects/{project.find()}/virtualnetworks/config"
