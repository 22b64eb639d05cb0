"""Long polling: updates are fetched one by one and kept. The webhook is safer, for Zalo is not told what was kept."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from bot.channels.patience import Patience, patiently
from bot.channels.zalo.channel import ZaloChannel, advice
from bot.channels.zalo.updates import CHANNEL
from bot.faults import described
from bot.waiting import first_of

T = TypeVar("T")
#: How long Zalo holds an empty poll open, in seconds.
LONG_POLL = 30.0
_log = structlog.get_logger(__name__)


class Polling:
    """Fetches updates for a channel."""

    def __init__(self, channel: ZaloChannel, patience: Patience) -> None:
        self._channel, self._client, self._patience = channel, channel.client, patience

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until told to stop; begun anew should Zalo answer what nobody foresaw."""
        while not stop.is_set():
            try:
                await self._receive(stop)
            except Exception as error:
                _log.error("zalo.polling_failed", **described(error))
                await first_of([stop], self._patience.longest)

    async def _receive(self, stop: asyncio.Event) -> None:
        """Fetch and keep; what was handed over by the time of the stop is kept too. Nothing new is not hurried."""
        # A webhook forbids polling.
        await _unless_told(stop, patiently(CHANNEL, self._client.delete_webhook, self._patience, advice))
        last: dict[str, Any] | None = None
        while not stop.is_set():
            update = await _unless_told(stop, self._fetched())
            if update is not None:
                await self._keep(update)
            if update is None or update == last:
                await first_of([stop], self._patience.first)
            last = update

    async def _fetched(self) -> dict[str, Any] | None:
        return await patiently(CHANNEL, lambda: self._client.update(LONG_POLL), self._patience, advice)

    async def _keep(self, update: dict[str, Any]) -> None:
        """Keep an update, tried until it is kept, for it does not come again."""
        while True:
            try:
                await self._channel.take(update)
            except Exception as error:
                _log.error("zalo.not_kept", **described(error))
                await asyncio.sleep(self._patience.first)
            else:
                return


async def _unless_told(stop: asyncio.Event, call: Coroutine[Any, Any, T]) -> T | None:
    """The result of ``call``; none, and the call broken off, where told to stop before."""
    calling, told = asyncio.create_task(call), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({calling, told}, return_when=asyncio.FIRST_COMPLETED)
        return calling.result() if calling.done() else None
    finally:
        calling.cancel()
        told.cancel()
        await asyncio.gather(calling, told, return_exceptions=True)
