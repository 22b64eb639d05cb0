"""A database that is up to date, copied for every talk, so that none is migrated anew."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from bot.settings import Settings
from handlers.context import Context
from store.database import Database
from store.migrate import migrate
from tests.channels.talking import TALKS, Talk
from tests.telegram.bot_api import TOKEN as TELEGRAM_TOKEN
from tests.zalo.zalo_api import TOKEN as ZALO_TOKEN

Talking = Callable[[str, datetime], Awaitable[Talk]]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, up to date."""
    path = tmp_path_factory.mktemp("channels") / "empty.db"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def talking(context: Context, migrated: Path, tmp_path: Path) -> AsyncIterator[Talking]:
    """Begins a talk through a channel, at a time; the clock goes on from there."""
    begun: list[Talk] = []
    clock: list[time_machine.Traveller] = []

    async def begin(channel: str, at: datetime) -> Talk:
        clock.append(time_machine.travel(at))
        clock[-1].start()
        path = tmp_path / f"{channel}.db"
        shutil.copy(migrated, path)
        settings = Settings(
            _env_file=None,
            database_url=f"sqlite+aiosqlite:///{path}",
            telegram_bot_token=TELEGRAM_TOKEN,
            zalo_bot_token=ZALO_TOKEN,
        )
        talk = TALKS[channel](context, settings)
        begun.append(talk)
        await talk.start()
        return talk

    yield begin
    for talk in begun:
        await talk.stop()
    for traveller in reversed(clock):
        traveller.stop()
