"""The connection to Telegram: makes the bot known there, then takes updates by polling or by the webhook."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.patience import DEFAULT, Patience
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.webhook import Webhook
from bot.intake import Intake
from bot.metrics import Metrics
from bot.settings import Settings


class TelegramLine:
    """Telegram as the settings say."""

    def __init__(self, settings: Settings, intake: Intake, metrics: Metrics, patience: Patience = DEFAULT) -> None:
        self.channel = TelegramChannel(settings, intake, metrics, patience)
        self._webhook = Webhook(self.channel, metrics, settings, patience) if settings.telegram_webhook_url else None
        self._polling = Polling(self.channel, patience)

    @property
    def routes(self) -> list[BaseRoute]:
        """The address that Telegram posts to, where it does."""
        return [self._webhook.route] if self._webhook else []

    async def run(self, stop: asyncio.Event) -> None:
        """Take updates until told to stop."""
        working = asyncio.create_task(self._work(stop))
        told = asyncio.create_task(stop.wait())
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        if not self.channel.introduced:
            working.cancel()
        told.cancel()
        await asyncio.gather(working, told, return_exceptions=True)

    async def close(self) -> None:
        """Close every connection."""
        await self.channel.close()

    async def _work(self, stop: asyncio.Event) -> None:
        await self.channel.introduce()
        menu = asyncio.create_task(self.channel.show_menu())
        try:
            if self._webhook is None:
                await self._polling.run(stop)
            else:
                await self._webhook.register()
                await stop.wait()
        finally:
            menu.cancel()
