"""The groups of calls as coroutines: one line for each call; a test compares them with the groups."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Literal, Protocol, cast, overload

from ..client.catlets import Catlets
from ..client.clients import Clients
from ..client.disks import VirtualDisks
from ..client.genes import Genes
from ..client.guest_services import GuestServices
from ..client.members import ProjectMembers
from ..client.networks import VirtualNetworks
from ..client.operations import Operations
from ..client.options import Options
from ..client.projects import Projects
from ..client.specifications import CatletSpecifications
from ..configuration import Configuration, Edit, Unknown
from ..model import CatletChange
from ..streams import OperationStream as Stream
from .call import AioGroup, call


class Change(Protocol):
    """``catlets.change``, whose result depends on ``dry_run``."""

    @overload
    def __call__(
        self,
        catlet_id: str,
        change: Configuration | Edit,
        *,
        project: str | None = None,
        validate: bool = True,
        dry_run: Literal[False] = False,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> Coroutine[Any, Any, Stream]: ...
    @overload
    def __call__(
        self,
        catlet_id: str,
        change: Configuration | Edit,
        *,
        project: str | None = None,
        validate: bool = True,
        dry_run: Literal[True],
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> Coroutine[Any, Any, CatletChange]: ...


class AioCatletSpecifications(AioGroup[CatletSpecifications[Stream]]):
    """``catlet_specifications`` as coroutines."""

    create = call(CatletSpecifications[Stream].create)
    delete = call(CatletSpecifications[Stream].delete)
    deploy = call(CatletSpecifications[Stream].deploy)
    get = call(CatletSpecifications[Stream].get)
    get_version = call(CatletSpecifications[Stream].get_version)
    list = call(CatletSpecifications[Stream].list)
    list_versions = call(CatletSpecifications[Stream].list_versions)
    update = call(CatletSpecifications[Stream].update)
    validate = call(CatletSpecifications[Stream].validate)


class AioCatlets(AioGroup[Catlets[Stream]]):
    """``catlets`` as coroutines."""

    change = cast(Change, call(Catlets[Stream].change))  # a ParamSpec keeps the first overload only
    create = call(Catlets[Stream].create)
    delete = call(Catlets[Stream].delete)
    expand_config = call(Catlets[Stream].expand_config)
    expand_existing = call(Catlets[Stream].expand_existing)
    get = call(Catlets[Stream].get)
    get_config = call(Catlets[Stream].get_config)
    list = call(Catlets[Stream].list)
    populate_variables = call(Catlets[Stream].populate_variables)
    start = call(Catlets[Stream].start)
    stop = call(Catlets[Stream].stop)
    update = call(Catlets[Stream].update)
    validate_config = call(Catlets[Stream].validate_config)


class AioClients(AioGroup[Clients]):
    """``clients`` as coroutines."""

    create = call(Clients.create)
    delete = call(Clients.delete)
    get = call(Clients.get)
    list = call(Clients.list)
    new_key = call(Clients.new_key)
    update = call(Clients.update)


class AioGenes(AioGroup[Genes[Stream]]):
    """``genes`` as coroutines."""

    cleanup = call(Genes[Stream].cleanup)
    delete = call(Genes[Stream].delete)
    get = call(Genes[Stream].get)
    list = call(Genes[Stream].list)


class AioGuestServices(AioGroup[GuestServices[Stream]]):
    """``guest_services`` as coroutines."""

    add_access_key = call(GuestServices[Stream].add_access_key)
    configure = call(GuestServices[Stream].configure)
    open_ssh_channel = call(GuestServices[Stream].open_ssh_channel)
    provisioning_log = call(GuestServices[Stream].provisioning_log)
    remove_access_keys = call(GuestServices[Stream].remove_access_keys)
    ssh_channel_url = call(GuestServices[Stream].ssh_channel_url)
    status = call(GuestServices[Stream].status)


class AioOperations(AioGroup[Operations]):
    """``operations`` as coroutines."""

    cancel = call(Operations.cancel)
    get = call(Operations.get)
    list = call(Operations.list)


class AioOptions(AioGroup[Options]):
    """``options`` as coroutines."""

    datastores = call(Options.datastores)
    environments = call(Options.environments)
    sites = call(Options.sites)


class AioProjectMembers(AioGroup[ProjectMembers[Stream]]):
    """``project_members`` as coroutines."""

    add = call(ProjectMembers[Stream].add)
    get = call(ProjectMembers[Stream].get)
    list = call(ProjectMembers[Stream].list)
    remove = call(ProjectMembers[Stream].remove)


class AioProjects(AioGroup[Projects[Stream]]):
    """``projects`` as coroutines."""

    create = call(Projects[Stream].create)
    delete = call(Projects[Stream].delete)
    get = call(Projects[Stream].get)
    list = call(Projects[Stream].list)


class AioVirtualDisks(AioGroup[VirtualDisks[Stream]]):
    """``virtual_disks`` as coroutines."""

    create = call(VirtualDisks[Stream].create)
    delete = call(VirtualDisks[Stream].delete)
    get = call(VirtualDisks[Stream].get)
    list = call(VirtualDisks[Stream].list)


class AioVirtualNetworks(AioGroup[VirtualNetworks[Stream]]):
    """``virtual_networks`` as coroutines."""

    get = call(VirtualNetworks[Stream].get)
    get_config = call(VirtualNetworks[Stream].get_config)
    list = call(VirtualNetworks[Stream].list)
    update_config = call(VirtualNetworks[Stream].update_config)
