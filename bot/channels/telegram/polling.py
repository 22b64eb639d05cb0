"""Long polling: updates are fetched, kept in the inbox, and acknowledged by asking for the ones after them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from telegram.error import TelegramError

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.patience import Patience, patiently
from bot.faults import described

#: How long Telegram holds an empty poll open, in seconds.
LONG_POLL = 25.0
#: How long the last acknowledgement may take when told to stop, in seconds.
LAST_CALL = 0.4
_log = structlog.get_logger(__name__)


class Polling:
    """Fetches updates for a channel."""

    def __init__(self, channel: TelegramChannel, patience: Patience) -> None:
        self._channel, self._client, self._patience = channel, channel.client, patience
        #: The first update not yet kept; 0 before any was seen.
        self._offset = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until told to stop, then acknowledge what was kept."""
        receiving, told = asyncio.create_task(self._receive()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({receiving, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            receiving.cancel()
            told.cancel()
            await asyncio.gather(receiving, told, return_exceptions=True)
            await self._acknowledge()

    async def _receive(self) -> None:
        """Fetch, for ever; begun anew should Telegram answer what nobody foresaw."""
        while True:
            try:
                # A webhook forbids polling.
                await patiently(self._client.bot.delete_webhook, self._patience)
                while True:
                    await self._take(await patiently(self._fetch, self._patience))
            except Exception as error:
                _log.error("telegram.polling_failed", **described(error))
            await asyncio.sleep(self._patience.longest)

    async def _take(self, updates: list[dict[str, Any]]) -> None:
        """Keep updates, then have them acknowledged with the next fetch."""
        await self._channel.take(updates)
        numbers = [raw["update_id"] for raw in updates if isinstance(raw.get("update_id"), int)]
        self._offset = max([self._offset, *(number + 1 for number in numbers)])

    async def _fetch(self) -> list[dict[str, Any]]:
        return await self._client.updates(self._offset, LONG_POLL)

    async def _acknowledge(self) -> None:
        if self._offset:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(LAST_CALL):
                    await self._client.updates(self._offset, 0, limit=1)
