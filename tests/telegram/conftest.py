"""A Bot API server, the bot behind it, and a stand-in for what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from bot.app import App, build_context
from bot.channels.telegram.patience import Pace
from bot.channels.telegram.polling import poll
from bot.settings import Settings
from handlers.context import Context
from handlers.types import Incoming, Reply
from store.database import Database
from tests.telegram.bot_api import TOKEN, BotApi, bot_api

#: Quick enough for tests.
QUICK = Pace(first=0.01, longest=0.05, attempts=6)


class Parrot:
    """An app that says what it heard, or what ``says`` says."""

    def __init__(self, says: Callable[[Incoming], Awaitable[list[Reply]]] | None = None) -> None:
        self.heard: list[Incoming] = []
        self._says = says

    async def converse(self, incoming: Incoming) -> list[Reply]:
        """Answer one message."""
        self.heard.append(incoming)
        if self._says is not None:
            return await self._says(incoming)
        return [Reply(incoming.text or incoming.kind.value)]


@pytest.fixture(scope="session")
def context() -> Context:
    """The knowledge and the wording, loaded once."""
    return build_context(Settings(_env_file=None))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """The Bot API; a test fails where the bot called it wrongly."""
    async with bot_api() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def settings(api: BotApi, tmp_path: Path) -> Settings:
    """Settings that lead to the Bot API of this test."""
    database = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    return Settings(_env_file=None, database_url=database, telegram_bot_token=TOKEN, telegram_base_url=api.base_url)


@pytest.fixture
async def app(context: Context, settings: Settings) -> AsyncIterator[App]:
    """The real bot on an empty database."""
    made = App(context, Database(settings.database_url))
    await made.start()
    yield made
    await made.close()


@asynccontextmanager
async def polling(app: Any, settings: Settings, pace: Pace = QUICK) -> AsyncIterator[None]:
    """The bot polls; at the end it must stop within two seconds."""
    stop = asyncio.Event()
    task = asyncio.create_task(poll(cast("App", app), settings, stop, pace))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 2)
