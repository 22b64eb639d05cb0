"""A Bot API server, the bot behind it, and a stand-in for what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App, Foresight, build_context
from bot.channels.telegram.line import TelegramLine
from bot.channels.telegram.patience import Patience
from bot.metrics import Metrics
from bot.service import Service
from bot.settings import Settings
from handlers.context import Context
from handlers.types import Incoming, Reply, Session
from handlers.wording import Wording
from store import inbox, outbox
from store.database import Database
from store.migrate import migrate
from store.sessions import Speaker
from tests.telegram.bot_api import TOKEN, BotApi, bot_api
from tests.waiting import until

#: Quick enough for tests.
QUICK = Patience(first=0.01, longest=0.05, attempts=6)


class Parrot:
    """An app that says what it heard, or what ``says`` says."""

    def __init__(self, says: Callable[[Incoming], Awaitable[list[Reply]]] | None = None) -> None:
        self.heard: list[Incoming] = []
        self.metrics = Metrics()
        self.context = _Wordy()
        self.database: Database
        self._says = says

    async def sessions(self, tx: AsyncConnection, speakers: Sequence[Speaker], at: datetime) -> dict[Speaker, Session]:
        """It remembers nothing."""
        return {}

    async def foresee(self, messages: Sequence[Incoming], before: Mapping[Speaker, Session]) -> Foresight:
        """It has no helpers."""
        return {}

    async def converse_all(
        self,
        tx: AsyncConnection,
        messages: Sequence[Incoming],
        before: Mapping[Speaker, Session],
        foresight: Foresight,
    ) -> list[list[Reply]]:
        """Answer messages."""
        return [await self._converse(incoming) for incoming in messages]

    async def _converse(self, incoming: Incoming) -> list[Reply]:
        self.heard.append(incoming)
        if self._says is not None:
            return await self._says(incoming)
        return [Reply(incoming.text or incoming.kind.value)]


class _Wordy:
    """The wording without the knowledge."""

    wording = Wording(operator="")


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
    return Settings(
        _env_file=None,
        database_url=database,
        telegram_bot_token=TOKEN,
        telegram_base_url=api.base_url,
        telegram_messages_per_second=1000,
        messages_per_minute=1000,
    )


@pytest.fixture
async def app(context: Context, settings: Settings) -> AsyncIterator[App]:
    """The real bot on an empty database."""
    made = App(context, Database(settings.database_url))
    await made.start()
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shorter than in earnest."""
    monkeypatch.setattr(TelegramLine.__init__, "__defaults__", (QUICK,))
    monkeypatch.setattr("bot.channels.telegram.channel.CHAT_RATE", 1000.0)
    for part in ("sender", "worker"):
        monkeypatch.setattr(f"bot.{part}.FIRST_WAIT", timedelta(milliseconds=10))
        monkeypatch.setattr(f"bot.{part}.POLL", 0.02)


async def settled(api: BotApi, app: Any, seconds: float = 5.0) -> None:
    """Wait until every update is kept and handled and every message is sent or given up."""

    async def done() -> bool:
        return not api.pending and not api.on_the_way and not await _in_hand(app.database)

    await until(done, seconds)


async def _in_hand(database: Database) -> bool:
    async with database.read() as tx:
        return bool((await inbox.depth(tx)).waiting or await outbox.depth(tx))


@asynccontextmanager
async def polling(app: Any, settings: Settings) -> AsyncIterator[Service]:
    """The bot runs; at the end it must stop within two seconds."""
    if isinstance(app, Parrot):
        app.database = Database(settings.database_url)
        await migrate(app.database)
    stop = asyncio.Event()
    service = Service(cast("App", app), settings)
    task = asyncio.create_task(service.run(stop))
    try:
        yield service
    finally:
        stop.set()
        await asyncio.wait_for(task, 2)
        if isinstance(app, Parrot):
            await app.database.close()
