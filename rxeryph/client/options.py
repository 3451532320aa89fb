"""Names that a configuration may use: data stores, environments, sites."""

from __future__ import annotations

from ..model import ConfigOption
from ..wire import load_options
from .calls import Group


class Options(Group):
    """The names in the server's configuration. Only the newest servers report them; others raise NotFoundError."""

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
        return self._read(f"/v1/config/{name}", load_options)
