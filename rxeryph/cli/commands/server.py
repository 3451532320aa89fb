"""``rxeryph server``: the server itself, and the names that configurations may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ...errors import ApiVersionError, NotFoundError
from .. import exit_codes
from ..options import Format
from ..output.nouns import CHOICE
from ..output.printing import print_document
from ..reading import Reading
from ..tree import Verbs

if TYPE_CHECKING:
    from ...client import ComputeClient

verbs = Verbs()


@verbs
def version(server: Reading) -> int:
    """Show the versions of rxeryph and of the server's API."""
    from ...about import version as own_version

    own = own_version()
    if server.format is Format.TABLE:
        print(f"rxeryph {own}", flush=True)
    with server.connection.plain() as api:
        found = api.version()
    if server.format in (Format.JSON, Format.YAML):
        print_document({"rxeryph": own, "api": {"major": found.major, "minor": found.minor}}, server.format)
    else:
        print(f"API {found}" if server.format is Format.TABLE else str(found), flush=True)
    return exit_codes.SUCCESS


@verbs
def datastores(server: Reading) -> int:
    """List the data stores, for disks and drives (newest servers only)."""
    return _list(server, "data stores", lambda api: api.options.datastores())


@verbs
def environments(server: Reading) -> int:
    """List the environments, with the site of each (newest servers only)."""
    return _list(server, "environments", lambda api: api.options.environments())


@verbs
def sites(server: Reading) -> int:
    """List the sites (newest servers only)."""
    return _list(server, "sites", lambda api: api.options.sites())


def _list(server: Reading, what: str, find: Callable[[ComputeClient], Iterable[object]]) -> int:
    try:
        return server.list(CHOICE, find, empty=f"No {what}.")
    except NotFoundError as error:
        raise ApiVersionError(
            f"This server does not list its {what}; only newer ones do.", version="1.2", required="after 1.2"
        ) from error
