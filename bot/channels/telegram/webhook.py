"""The webhook: Telegram posts each update; it is kept in the inbox before it is acknowledged."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.bodies import BodyTooLarge, read_body
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.patience import Patience, patiently
from bot.channels.telegram.updates import CHANNEL, KINDS
from bot.faults import described
from bot.metrics import Metrics
from bot.settings import Settings

HEADER = "x-telegram-bot-api-secret-token"
#: How many updates Telegram may post at the same time.
CONNECTIONS = 100
_log = structlog.get_logger(__name__)


def secret_of(settings: Settings) -> str:
    """The secret that Telegram sends along; derived from the token where none is set."""
    if settings.telegram_webhook_secret is not None:
        return settings.telegram_webhook_secret.get_secret_value()
    assert settings.telegram_bot_token is not None
    return sha256(b"webhook:" + settings.telegram_bot_token.get_secret_value().encode()).hexdigest()


class Webhook:
    """Takes what Telegram posts."""

    def __init__(self, channel: TelegramChannel, metrics: Metrics, settings: Settings, patience: Patience) -> None:
        self._channel, self._metrics, self._patience = channel, metrics, patience
        self._url = settings.telegram_webhook_url
        self._secret = secret_of(settings)

    @property
    def route(self) -> Route:
        """Where Telegram posts to: the path of the address it was given."""
        return Route(urlsplit(self._url).path or "/", self.receive, methods=["POST"])

    async def register(self) -> None:
        """Tell Telegram where to post, however long it takes."""
        await patiently(
            lambda: self._channel.client.bot.set_webhook(
                self._url, secret_token=self._secret, allowed_updates=list(KINDS), max_connections=CONNECTIONS
            ),
            self._patience,
        )

    async def receive(self, request: Request) -> Response:
        """Keep an update, then acknowledge it. Telegram posts again what is not acknowledged."""
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), self._secret.encode()):
            return self._refused(401, "secret")
        if not self._channel.introduced:
            return self._refused(503, "not_ready")
        try:
            update = _parsed(await read_body(request))
        except BodyTooLarge:
            return self._refused(413, "too_large")
        if update is None:
            return self._refused(400, "not_an_update")
        try:
            await self._channel.take([update])
        except Exception as error:
            _log.error("telegram.not_kept", **described(error))
            return self._refused(503, "not_kept")
        return Response(status_code=200)

    def _refused(self, status: int, reason: str) -> Response:
        self._metrics.refused(CHANNEL, reason)
        return Response(status_code=status, headers={"Retry-After": "1"} if status == 503 else None)


def _parsed(body: bytes) -> dict[str, Any] | None:
    """The update in a body; none where there is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
