"""Writing together what arrives together: one transaction for all that came while the last one was under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
#: How long to wait for others before a group is written, in seconds: a transaction costs as much as dozens of rows.
GATHER = 0.005


class Grouped(Generic[T]):
    """Hands items to ``write`` in groups. An item is safe once ``add`` returns; it raises what ``write`` raised."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[Sequence[T], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, items: Sequence[T]) -> None:
        """Write ``items``, with others that are under way."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((items, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._drain())
        await done

    async def _drain(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER)
            group, self._waiting = self._waiting, []
            try:
                await self._write([item for items, _ in group for item in items])
            except Exception as error:
                _settle(group, error)
            else:
                _settle(group, None)


def _settle(group: Sequence[tuple[object, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in group:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
