"""The connection to Zalo: learns the bot's name there and takes updates by polling or by the webhook."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute

from bot.channels.patience import DEFAULT, Patience
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.polling import Polling
from bot.channels.zalo.webhook import Webhook
from bot.intake import Intake
from bot.metrics import Metrics
from bot.settings import Settings


class ZaloLine:
    """Zalo as the settings say."""

    def __init__(self, settings: Settings, intake: Intake, metrics: Metrics, patience: Patience = DEFAULT) -> None:
        self.channel = ZaloChannel(settings, intake, metrics)
        self._patience = patience
        self._webhook = Webhook(self.channel, metrics, settings, patience) if settings.zalo_webhook_url else None

    @property
    def routes(self) -> list[BaseRoute]:
        """The address that Zalo posts to, where it does."""
        return [self._webhook.route] if self._webhook else []

    async def run(self, stop: asyncio.Event) -> None:
        """Take updates until told to stop. Our name is learnt meanwhile, for only groups use it."""
        introducing = asyncio.create_task(self.channel.introduce(self._patience))
        try:
            await (self._webhook or Polling(self.channel, self._patience)).run(stop)
        finally:
            introducing.cancel()
            await asyncio.gather(introducing, return_exceptions=True)

    async def close(self) -> None:
        """Close every connection."""
        await self.channel.close()
