"""Everything between the channels and the conversations: updates in, the worker, messages out."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator

import structlog
from starlette.routing import BaseRoute

from bot.app import App
from bot.channels.channel import Line
from bot.faults import described
from bot.intake import Intake
from bot.sender import Sender
from bot.settings import Settings
from bot.worker import Worker
from store import inbox, outbox

#: How long what is in hand may still take when told to stop, in seconds.
DRAIN = 1.5
_log = structlog.get_logger(__name__)


class Service:
    """The channels that the settings switch on, with one worker behind them and a sender for each."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        intake = Intake(app.database)
        self._lines = list(_lines(app, settings, intake))
        channels = {line.channel.name: line.channel for line in self._lines}
        self._senders = [Sender(app, channel) for channel in channels.values()]
        self._worker = Worker(app, channels, intake.arrived, self._wake_senders, settings.messages_per_minute)

    @property
    def routes(self) -> list[BaseRoute]:
        """The addresses that channels post to."""
        return [route for line in self._lines for route in line.routes]

    async def run(self, stop: asyncio.Event) -> None:
        """Take in, answer and send until told to stop. What is unfinished then goes on after the next start."""
        if not self._lines:
            return
        if self._app.database.single:
            async with self._app.database.write() as tx:
                await inbox.release(tx)
                await outbox.release(tx)
        parts = (*(line.run(stop) for line in self._lines), *(sender.run(stop) for sender in self._senders))
        tasks = {asyncio.create_task(part) for part in (*parts, self._worker.run(stop))}
        told = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({*tasks, told}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            await asyncio.wait(tasks, timeout=DRAIN)
        finally:
            await _end(tasks)
            for line in self._lines:
                await line.close()

    def _wake_senders(self) -> None:
        for sender in self._senders:
            sender.wake()


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Break off what still runs, and tell what failed."""
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            _log.error("service.failed", **described(ended))


def _lines(app: App, settings: Settings, intake: Intake) -> Iterator[Line]:
    """The channels that have what they need; imported only then, for their libraries take time and memory."""
    if settings.telegram_bot_token is not None:
        from bot.channels.telegram.line import TelegramLine

        yield TelegramLine(settings, intake, app.metrics)
    if settings.zalo_bot_token is not None:
        from bot.channels.zalo.line import ZaloLine

        yield ZaloLine(settings, intake, app.metrics)
