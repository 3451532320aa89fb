"""Virtual networks: list and read them."""

from __future__ import annotations

from ..model import VirtualNetwork
from ..wire import load_virtual_network, load_virtual_networks
from .submit import check_id
from .transport import Transport


class VirtualNetworks:
    """The virtual networks of a server, as plain values."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, project_id: str | None = None) -> tuple[VirtualNetwork, ...]:
        """The networks the client may see, all or those of one project."""
        query = "" if project_id is None else f"?project_id={check_id(project_id, 'project_id')}"
        path = f"/v1/virtualnetworks{query}"
        return load_virtual_networks(self._transport.get(path), self._transport.url(path))

    def get(self, network_id: str) -> VirtualNetwork:
        """One network. Raises NotFoundError when it does not exist or is not visible."""
        path = f"/v1/virtualnetworks/{check_id(network_id, 'network_id')}"
        return load_virtual_network(self._transport.get(path), self._transport.url(path))
