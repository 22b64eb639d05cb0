"""The webhook: Telegram posts each update; it is kept in the inbox before it is acknowledged."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.routing import Route

from bot.channels.posts import Posts, secret_of
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.patience import Patience, patiently
from bot.channels.telegram.updates import CHANNEL, KINDS
from bot.metrics import Metrics
from bot.settings import Settings

HEADER = "x-telegram-bot-api-secret-token"
#: How many updates Telegram may post at the same time.
CONNECTIONS = 100


class Webhook:
    """Takes what Telegram posts."""

    def __init__(self, channel: TelegramChannel, metrics: Metrics, settings: Settings, patience: Patience) -> None:
        self._channel, self._patience = channel, patience
        self._url = settings.telegram_webhook_url
        assert settings.telegram_bot_token is not None
        self._secret = secret_of(settings.telegram_webhook_secret, settings.telegram_bot_token)
        self._posts = Posts(CHANNEL, HEADER, self._secret, self._keep, metrics, lambda: channel.introduced)

    @property
    def route(self) -> Route:
        """Where Telegram posts to: the path of the address it was given."""
        return Route(urlsplit(self._url).path or "/", self._posts.receive, methods=["POST"])

    async def register(self) -> None:
        """Tell Telegram where to post, however long it takes."""
        await patiently(
            lambda: self._channel.client.bot.set_webhook(
                self._url, secret_token=self._secret, allowed_updates=list(KINDS), max_connections=CONNECTIONS
            ),
            self._patience,
        )

    async def _keep(self, update: dict[str, Any]) -> None:
        await self._channel.take([update])
