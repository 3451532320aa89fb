"""``Aio``: everything of a connection that blocks on a request, as coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property, partial
from typing import ParamSpec, TypeVar

from ..bridges.calls import call_on_worker
from ..client import Groups
from ..model import ApiVersion
from ..polling import Engine
from ..streams import OperationStream
from . import groups

P = ParamSpec("P")
T = TypeVar("T")


class Aio:
    """The calls of a connection as coroutines, with the same groups, arguments, results and errors.

    ::

        async with rxeryph.connect() as eryph:
            stream = await eryph.aio.catlets.create({"name": "web"})  # the request
            result = await stream  # the operation

    A call runs on one of the connection's workers, and the event loop is never blocked. As many calls as there are
    ``workers`` run at the same time, and polls use the same workers. The request is sent when the coroutine is
    awaited or made a task.

    Cancelling the task ends the wait at once. If the request was not sent yet, it never is. If it was, it is carried
    out all the same, and what became of it is logged: to find an operation again, choose its ``correlation_id``.
    Closing the connection ends all calls with ClosedError.
    """

    def __init__(self, connection: Groups[OperationStream], engine: Engine) -> None:
        self._connection = connection
        self._engine = engine

    def __repr__(self) -> str:
        return f"aio {self._connection!r}"

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call any function on a worker: ``await eryph.aio.run(stream.cancel)``, ``run(result.fetch_resources)``.

        For a function that makes requests, not for one that waits for an operation, as ``stream.wait`` does: await
        the stream instead.
        """
        name = f"{getattr(function, '__qualname__', None) or repr(function)}()"
        return await call_on_worker(self._engine, name, partial(function, *args, **kwargs))

    async def version(self) -> ApiVersion:
        """The version of the API that the server speaks."""
        return await self.run(self._connection.version)

    async def close(self) -> None:
        """Close the connection as its ``close()`` does, on a thread of asyncio's, because its own threads end."""
        await asyncio.to_thread(self._connection.close)

    @cached_property
    def catlet_specifications(self) -> groups.AioCatletSpecifications:
        """The calls of ``eryph.catlet_specifications``."""
        return groups.AioCatletSpecifications(self._connection.catlet_specifications, self._run)

    @cached_property
    def catlets(self) -> groups.AioCatlets:
        """The calls of ``eryph.catlets``."""
        return groups.AioCatlets(self._connection.catlets, self._run)

    @cached_property
    def clients(self) -> groups.AioClients:
        """The calls of ``eryph.clients``."""
        return groups.AioClients(self._connection.clients, self._run)

    @cached_property
    def genes(self) -> groups.AioGenes:
        """The calls of ``eryph.genes``."""
        return groups.AioGenes(self._connection.genes, self._run)

    @cached_property
    def guest_services(self) -> groups.AioGuestServices:
        """The calls of ``eryph.guest_services``."""
        return groups.AioGuestServices(self._connection.guest_services, self._run)

    @cached_property
    def operations(self) -> groups.AioOperations:
        """The calls of ``eryph.operations``."""
        return groups.AioOperations(self._connection.operations, self._run)

    @cached_property
    def options(self) -> groups.AioOptions:
        """The calls of ``eryph.options``."""
        return groups.AioOptions(self._connection.options, self._run)

    @cached_property
    def project_members(self) -> groups.AioProjectMembers:
        """The calls of ``eryph.project_members``."""
        return groups.AioProjectMembers(self._connection.project_members, self._run)

    @cached_property
    def projects(self) -> groups.AioProjects:
        """The calls of ``eryph.projects``."""
        return groups.AioProjects(self._connection.projects, self._run)

    @cached_property
    def virtual_disks(self) -> groups.AioVirtualDisks:
        """The calls of ``eryph.virtual_disks``."""
        return groups.AioVirtualDisks(self._connection.virtual_disks, self._run)

    @cached_property
    def virtual_networks(self) -> groups.AioVirtualNetworks:
        """The calls of ``eryph.virtual_networks``."""
        return groups.AioVirtualNetworks(self._connection.virtual_networks, self._run)

    async def _run(self, name: str, function: Callable[[], T]) -> T:
        return await call_on_worker(self._engine, name, function)
