"""Long polling: updates are fetched, handled chat by chat, answered, and only then acknowledged."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import structlog
import yaml
from telegram import Update
from telegram.error import TelegramError

from bot.app import App
from bot.channels.telegram.client import Client, unreachable
from bot.channels.telegram.messages import messages_of
from bot.channels.telegram.patience import DEFAULT, Pace, patiently
from bot.channels.telegram.updates import Me, Target, incoming_of, target_of
from bot.settings import Settings
from handlers.types import Incoming, Reply
from handlers.wording import TEMPLATES

#: How long Telegram holds an empty poll open, in seconds.
LONG_POLL = 25.0
#: How long to wait for updates in work before asking for newer ones, in seconds.
CATCH_UP = 0.5
#: How many messages are answered at the same time.
SIDE_BY_SIDE = 8
#: How long updates in work may still take when told to stop, and the last acknowledgement, in seconds.
DRAIN, LAST_CALL = 1.2, 0.4
_log = structlog.get_logger(__name__)


async def poll(app: App, settings: Settings, stop: asyncio.Event, pace: Pace = DEFAULT) -> None:
    """Answer what comes in on Telegram until told to stop; then within two seconds."""
    client = Client(settings, pace)
    polling = Polling(app, client, pace)
    receiving, told = asyncio.create_task(polling.receive()), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({receiving, told}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        receiving.cancel()
        told.cancel()
        await asyncio.gather(receiving, told, return_exceptions=True)
        await polling.finish()
        await client.close()


class Progress:
    """Which updates may be acknowledged: all before the first that is still in work."""

    def __init__(self) -> None:
        self._in_work: set[int] = set()
        self._next = 0

    @property
    def offset(self) -> int:
        """The first update that is not done; 0 before any was seen."""
        return min(self._in_work, default=self._next)

    @property
    def idle(self) -> bool:
        """Whether nothing is in work."""
        return not self._in_work

    def begin(self, update_id: int) -> bool:
        """Take an update; false where it was taken before."""
        if update_id < self._next:
            return False
        self._next = update_id + 1
        self._in_work.add(update_id)
        return True

    def end(self, update_id: int) -> None:
        """An update is done."""
        self._in_work.discard(update_id)


class Texts:
    """The wording that only Telegram needs."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        texts = yaml.safe_load((templates / "telegram" / "texts.yaml").read_text(encoding="utf-8"))
        self.commands: dict[str, str] = texts["commands"]
        self.sorry: str = texts["sorry"]


class Polling:
    """Fetches updates and has them answered: a chat's in order, chats side by side."""

    def __init__(self, app: App, client: Client, pace: Pace) -> None:
        self._app, self._client, self._pace = app, client, pace
        self._texts = Texts()
        self._progress = Progress()
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._desks = asyncio.Semaphore(SIDE_BY_SIDE)

    async def receive(self) -> None:
        """Introduce the bot, then fetch, for ever; begun anew should Telegram answer what nobody foresaw."""
        while True:
            try:
                await self._receive()
            except Exception as error:
                _log.error("telegram.polling_failed", **described(error))
            await asyncio.sleep(self._pace.longest)

    async def _receive(self) -> None:
        me = await self._introduce()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._show_menu())
            while True:
                for raw in await patiently(self._fetch, self._pace):
                    self._take(raw, me)
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=CATCH_UP)

    async def finish(self) -> None:
        """Let work in hand end, break off what takes too long (it comes again), acknowledge the rest."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._progress.offset:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(LAST_CALL):
                    await self._client.updates(self._progress.offset, 0, limit=1)

    async def _introduce(self) -> Me:
        """Learn our own name, and end a webhook, which forbids polling."""
        bot = self._client.bot
        await patiently(bot.initialize, self._pace)
        await patiently(bot.delete_webhook, self._pace)
        return Me(bot.id, bot.username, frozenset({"start", "help", *self._texts.commands}))

    async def _show_menu(self) -> None:
        """Put our commands into the menu; without them the bot works all the same."""
        commands = list(self._texts.commands.items())
        with suppress(TelegramError):
            await patiently(lambda: self._client.bot.set_my_commands(commands), self._pace, self._pace.attempts)

    async def _fetch(self) -> list[dict[str, Any]]:
        return await self._client.updates(self._progress.offset, LONG_POLL if self._progress.idle else 0)

    def _take(self, raw: dict[str, Any], me: Me) -> None:
        """Begin to work on an update not seen before."""
        update_id = raw.get("update_id")
        if isinstance(update_id, int) and self._progress.begin(update_id):
            task = asyncio.create_task(self._work(update_id, raw, me))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, update_id: int, raw: dict[str, Any], me: Me) -> None:
        """See one update through. Whatever goes wrong with it, it is done afterwards and the others go on."""
        try:
            update = Update.de_json(raw, self._client.bot)
            chat = update.effective_chat
            async with self._lane(chat.id if chat else 0):
                await self._answer(update, me)
        except Exception as error:
            _log.error("telegram.update_failed", update=update_id, **described(error))
        self._progress.end(update_id)

    def _lane(self, chat: int) -> asyncio.Lock:
        """What keeps a chat's updates one after another; whoever came first goes first."""
        return self._lanes.setdefault(chat, asyncio.Lock())

    async def _answer(self, update: Update, me: Me) -> None:
        query, target = update.callback_query, target_of(update)
        incoming = incoming_of(update, me, datetime.now(UTC))
        async with asyncio.TaskGroup() as both:
            if query is not None:
                both.create_task(self._client.settle(query.id))
            if incoming is not None and target is not None:
                both.create_task(self._reply(incoming, target))

    async def _reply(self, incoming: Incoming, target: Target) -> None:
        """Answer, and send the answer; nobody is told where it cannot be delivered."""
        try:
            for reply in await self._replies(incoming):
                for message in messages_of(reply):
                    await self._client.send(target, message)
        except TelegramError as error:
            level = _log.debug if unreachable(error) else _log.error
            level("telegram.not_delivered", error=type(error).__name__)

    async def _replies(self, incoming: Incoming) -> list[Reply]:
        """What the bot says; an apology where it fails."""
        async with self._desks:
            try:
                return await self._app.converse(incoming)
            except Exception as error:
                _log.error("telegram.handler_failed", **described(error))
                return [Reply(self._texts.sorry)]


def described(error: BaseException) -> dict[str, str]:
    """An error without what people wrote: its kind and where it arose."""
    if isinstance(error, BaseExceptionGroup):
        return described(error.exceptions[0])
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "where": where}
