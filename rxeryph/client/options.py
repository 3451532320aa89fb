"""What a configuration may name: data stores, environments, sites."""

from __future__ import annotations

from ..model import ConfigOption
from ..wire import load_options
from .transport import Transport


class Options:
    """The names the server's configuration knows. Only newest servers tell them: others raise NotFoundError."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def datastores(self) -> tuple[ConfigOption, ...]:
        """The data stores, for disks and drives."""
        return self._list("datastores")

    def environments(self) -> tuple[ConfigOption, ...]:
        """The environments, with the site of each."""
        return self._list("environments")

    def sites(self) -> tuple[ConfigOption, ...]:
        """The sites."""
        return self._list("sites")

    def _list(self, name: str) -> tuple[ConfigOption, ...]:
        path = f"/v1/config/{name}"
        return load_options(self._transport.get(path), self._transport.url(path))
