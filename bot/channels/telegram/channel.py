"""Telegram as a channel: updates into the inbox, messages out of the outbox, by polling or by a webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import yaml
from telegram import Update
from telegram.error import TelegramError

from bot.channels.channel import Target as AnyTarget
from bot.channels.channel import arrival
from bot.channels.telegram.client import Client
from bot.channels.telegram.messages import messages_of, restored, stored
from bot.channels.telegram.patience import DEFAULT, Patience, patiently
from bot.channels.telegram.updates import CHANNEL, LARGEST, Me, Target, check_numbers, incoming_of, left_by, target_of
from bot.faults import described
from bot.intake import Intake
from bot.metrics import Metrics
from bot.pacing import Pacing
from bot.settings import Settings
from handlers.types import Reply
from handlers.wording import TEMPLATES
from store.inbox import Arrival

#: How many messages a second one chat takes for long, and how many at once.
CHAT_RATE, CHAT_BURST = 1.0, 5.0
_log = structlog.get_logger(__name__)


def menu(templates: Path = TEMPLATES) -> dict[str, str]:
    """The commands in the menu and what each does."""
    texts = yaml.safe_load((templates / "telegram" / "texts.yaml").read_text(encoding="utf-8"))
    commands: dict[str, str] = texts["commands"]
    return commands


class TelegramChannel:
    """One bot on Telegram."""

    name = CHANNEL

    def __init__(self, settings: Settings, intake: Intake, metrics: Metrics, patience: Patience = DEFAULT) -> None:
        self.client = Client(settings, patience)
        self.pacing = Pacing(settings.telegram_messages_per_second, CHAT_RATE, CHAT_BURST)
        self._intake, self._metrics, self._patience = intake, metrics, patience
        self._commands = menu()
        self._me: Me | None = None
        self._settling: set[asyncio.Task[None]] = set()

    @property
    def introduced(self) -> bool:
        """Whether our own name is known; without it nothing can be told in groups."""
        return self._me is not None

    async def introduce(self) -> None:
        """Learn our own name, however long it takes."""
        bot = self.client.bot
        await patiently(bot.initialize, self._patience)
        self._me = Me(bot.id, bot.username, frozenset({"start", "help", *self._commands}))

    async def show_menu(self) -> None:
        """Put our commands into the menu; without them the bot works all the same."""
        commands = list(self._commands.items())
        with suppress(TelegramError):
            call = self.client.bot.set_my_commands
            await patiently(lambda: call(commands), self._patience, self._patience.attempts)

    async def take(self, updates: Iterable[dict[str, Any]]) -> None:
        """Keep those of ``updates`` that are for the bot; once this returns they are safe."""
        kept: list[Arrival] = []
        pressed: list[str] = []
        for raw in updates:
            try:
                found, query = self._read(raw)
            except Exception as error:
                self._metrics.refused(CHANNEL, "unreadable")
                _log.error("telegram.update_unreadable", **described(error))
                continue
            kept += [found] if found else []
            pressed += [query] if query else []
        await self._intake.accept(kept)
        for query in pressed:
            self._settle(query)

    def write(self, target: AnyTarget, replies: Sequence[Reply]) -> list[dict[str, Any]]:
        """``replies`` as messages that can be stored."""
        to = Target(**target)
        return [stored(to, message) for reply in replies for message in messages_of(reply)]

    async def deliver(self, message: dict[str, Any]) -> None:
        """Send one message. Raises DeliveryError."""
        await self.client.send(*restored(message))

    async def typing(self, target: AnyTarget) -> None:
        """Show that an answer is being written."""
        await self.client.typing(Target(**target))

    async def close(self) -> None:
        """Close every connection."""
        for task in self._settling:
            task.cancel()
        await self.client.close()

    def _read(self, raw: dict[str, Any]) -> tuple[Arrival | None, str | None]:
        """An update as it is kept, where it is for the bot; and the pressed button to be settled."""
        assert self._me is not None, "introduce first"
        number = raw.get("update_id")
        if type(number) is not int or not 0 <= number < LARGEST:
            raise ValueError("no number")
        update = Update.de_json(raw, self.client.bot)
        query = update.callback_query.id if update.callback_query is not None else None
        if query is not None and not (type(query) is str and query.isascii()):
            raise ValueError("no button")
        left = left_by(update)
        if left is not None:
            check_numbers(Target(int(left.chat)), left.person)
            return arrival(left, str(number), {}), query
        said, target = incoming_of(update, self._me, datetime.now(UTC)), target_of(update)
        if said is None or target is None:
            return None, query
        check_numbers(target, said.person)
        return arrival(said, str(number), asdict(target)), query

    def _settle(self, query: str) -> None:
        task = asyncio.create_task(self.client.settle(query))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
