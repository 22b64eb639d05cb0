"""Zalo as a channel: updates into the inbox, messages out of the outbox, by polling or by a webhook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.channels.channel import DeliveryError, Target, arrival
from bot.channels.patience import Patience, patiently
from bot.channels.zalo.client import Client, TokenRefused
from bot.channels.zalo.messages import Texts, texts_of
from bot.channels.zalo.updates import CHANNEL, UnreadableError, said_in
from bot.intake import Intake
from bot.metrics import Metrics
from bot.pacing import Pacing
from bot.settings import Settings
from handlers.types import Reply

#: How many messages a second one chat is sent for long, and how many at once; what Zalo allows is not published.
CHAT_RATE, CHAT_BURST = 1.0, 3.0
_log = structlog.get_logger(__name__)


class ZaloChannel:
    """One bot on Zalo."""

    name = CHANNEL

    def __init__(self, settings: Settings, intake: Intake, metrics: Metrics) -> None:
        self.client = Client(settings)
        self.pacing = Pacing(settings.zalo_messages_per_second, CHAT_RATE, CHAT_BURST)
        self._intake, self._metrics = intake, metrics
        self._texts = Texts.read()
        self._names: frozenset[str] = frozenset()

    async def introduce(self, patience: Patience) -> None:
        """Learn our own names, by which groups call us, however long it takes."""
        me = await patiently(CHANNEL, self.client.me, patience, advice)
        found = (me.get("account_name"), me.get("display_name"))
        self._names = frozenset(name for name in found if isinstance(name, str) and name.strip())

    async def take(self, update: dict[str, Any]) -> None:
        """Keep an update that is for the bot; once this returns it is safe."""
        try:
            said = said_in(update, self._names, datetime.now(UTC))
        except UnreadableError as error:
            self._metrics.refused(CHANNEL, "unreadable")
            _log.error("zalo.update_unreadable", reason=str(error))
            return
        if said is not None:
            await self._intake.accept([arrival(said.incoming, said.update_id, {"chat": said.incoming.chat})])

    def write(self, target: Target, replies: Sequence[Reply]) -> list[dict[str, Any]]:
        """``replies`` as messages that can be stored."""
        return [{"chat": target["chat"], "text": text} for text in texts_of(replies, self._texts)]

    async def deliver(self, message: dict[str, Any]) -> None:
        """Send one message. Raises DeliveryError."""
        await self.client.send(message["chat"], message["text"])

    async def typing(self, target: Target) -> None:
        """Show that an answer is being written."""
        await self.client.typing(target["chat"])

    async def close(self) -> None:
        """Close every connection."""
        await self.client.close()


def advice(error: DeliveryError) -> str:
    """What the operator can do about ``error``."""
    if isinstance(error, TokenRefused):
        return "ZALO_BOT_TOKEN is refused: copy it again from the message of Zalo Bot Manager"
    return "none needed"
