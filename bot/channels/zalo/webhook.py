"""The webhook: Zalo posts each update; it is kept in the inbox before it is acknowledged."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.routing import Route

from bot.channels.patience import Patience, patiently
from bot.channels.posts import Posts, secret_of
from bot.channels.zalo.channel import ZaloChannel, advice
from bot.channels.zalo.updates import CHANNEL
from bot.metrics import Metrics
from bot.settings import Settings

HEADER = "x-bot-api-secret-token"


class Webhook:
    """Takes what Zalo posts."""

    def __init__(self, channel: ZaloChannel, metrics: Metrics, settings: Settings, patience: Patience) -> None:
        self._client, self._patience = channel.client, patience
        assert settings.zalo_bot_token is not None
        self._url = settings.zalo_webhook_url
        self._secret = secret_of(settings.zalo_webhook_secret, settings.zalo_bot_token)
        self._posts = Posts(CHANNEL, HEADER, self._secret, channel.take, metrics)

    @property
    def route(self) -> Route:
        """Where Zalo posts to: the path of the address it was given."""
        return Route(urlsplit(self._url).path or "/", self._posts.receive, methods=["POST"])

    async def run(self, stop: asyncio.Event) -> None:
        """Tell Zalo where to post, however long it takes; then wait until told to stop."""
        registering = asyncio.create_task(self._register())
        try:
            await stop.wait()
        finally:
            registering.cancel()
            await asyncio.gather(registering, return_exceptions=True)

    async def _register(self) -> None:
        call = self._client.set_webhook
        await patiently(CHANNEL, lambda: call(self._url, self._secret), self._patience, advice)
