"""What a fault does to a request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from .exchange import Exchange

Act: TypeAlias = "Callable[[Exchange], Awaitable[None]]"


def reply(status: int, body: str, headers: Mapping[str, str], *, processed: bool) -> Act:
    """Answer with ``status``, ``body`` and ``headers``; ``processed`` does the work first."""

    async def act(exchange: Exchange) -> None:
        if processed:
            await exchange.process()
        await exchange.reply(status, body.encode(), headers)

    return act


def reset(*, processed: bool, commit_after: float | None) -> Act:
    """Reset the connection; the work is not done, or done first, or done ``commit_after`` seconds later."""

    async def act(exchange: Exchange) -> None:
        if processed:
            await exchange.process()
        body = await exchange.body() if commit_after is not None else b""
        await exchange.reset()
        if commit_after is not None:
            await asyncio.sleep(commit_after)
            await exchange.process(body)

    return act


async def truncate(exchange: Exchange) -> None:
    """Do the work, and close the connection in the middle of the answer."""
    status, headers, body = await exchange.process()
    await exchange.begin(status, headers)
    await exchange.piece(body[: len(body) // 2])
    await exchange.close()


def dribble(seconds: float, pieces: int) -> Act:
    """Do the work, and send the answer in ``pieces`` within ``seconds``."""

    async def act(exchange: Exchange) -> None:
        status, headers, body = await exchange.process()
        await exchange.begin(status, headers)
        for number in range(pieces):
            if not await exchange.wait(seconds / pieces):
                return await exchange.reset()
            await exchange.piece(body[len(body) * number // pieces : len(body) * (number + 1) // pieces])
        await exchange.send({"type": "http.response.body", "body": b""})

    return act


def delay(seconds: float) -> Act:
    """Answer ``seconds`` later."""

    async def act(exchange: Exchange) -> None:
        body = await exchange.body()  # the request has arrived, whether or not the client waits
        if await exchange.wait(seconds):
            await exchange.answer(body)
        else:
            await exchange.reset()

    return act


async def hang(exchange: Exchange) -> None:
    """Never answer."""
    await exchange.stopping.wait()
    await exchange.reset()
