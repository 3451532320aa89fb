"""The connection to a broker, made when it is needed and again after it was lost. Used on one event loop."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from ...errors import JournalError
from ...scheduling.log import logger
from .address import Address
from .failures import reason_of
from .link import Link

PAUSE = 0.25
"""Seconds after a failed attempt to connect in which no other is made."""


class Connection:
    """Connects to a broker; ``prepare`` is called with each new connection before it is used. Not thread-safe."""

    def __init__(
        self, address: Address, tls: ssl.SSLContext | None, prepare: Callable[[Link], Awaitable[None]]
    ) -> None:
        self.place = address.place
        self._address = address
        self._tls = tls
        self._prepare = prepare
        self._link: Link | None = None
        self._connecting = asyncio.Lock()
        self._failure: tuple[str, bool] | None = None
        self._retry_at = 0.0

    @property
    def is_up(self) -> bool:
        """True while it works, as far as is known."""
        return self._link is not None and not self._link.lost.is_set()

    async def link(self) -> Link:
        """A connection that works, as far as is known. Raises JournalError."""
        if self._link is not None and self.is_up:
            return self._link
        async with self._connecting:
            if self._link is not None and self.is_up:
                return self._link
            if self._failure is not None and asyncio.get_running_loop().time() < self._retry_at:
                raise self.error(*self._failure)
            if self._link is not None:
                logger.info("The journal %s has lost the connection to its broker", self.place)
            await self.close()
            self._link = await self._linked()
            return self._link

    async def close(self) -> None:
        """Close the connection; the next use makes another."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    def error(self, reason: str, is_permanent: bool = False) -> JournalError:
        """The error that the journal cannot be used for this ``reason``."""
        message = f"The journal {self.place} cannot be used: {reason}."
        return JournalError(message, place=self.place, is_permanent=is_permanent)

    async def _linked(self) -> Link:
        link = Link(self._address, self._tls)
        try:
            await link.connect()
            await self._prepare(link)
        except Exception as error:
            await link.close()
            self._failure = reason_of(error, link.reported)
            self._retry_at = asyncio.get_running_loop().time() + PAUSE
            raise self.error(*self._failure) from error
        except BaseException:
            await link.close()
            raise
        if self._failure is not None:
            logger.info("The journal %s can be used again", self.place)
            self._failure = None
        return link
