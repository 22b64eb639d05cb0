"""A Zalo server, and the settings that lead to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App
from bot.channels.patience import Patience
from bot.channels.zalo.line import ZaloLine
from bot.settings import Settings
from handlers.context import Context
from store.database import Database
from tests.zalo.zalo_api import TOKEN, ZaloApi, zalo_api

#: Quick enough for tests.
QUICK = Patience(first=0.01, longest=0.05)


@pytest.fixture
async def api() -> AsyncIterator[ZaloApi]:
    """Zalo; a test fails where the bot called it wrongly."""
    async with zalo_api() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def settings(api: ZaloApi, tmp_path: Path) -> Settings:
    """Settings that lead to the Zalo of this test."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'test.db'}",
        zalo_bot_token=TOKEN,
        zalo_base_url=api.base_url,
        zalo_messages_per_second=1000,
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
    monkeypatch.setattr(ZaloLine.__init__, "__defaults__", (QUICK,))
    monkeypatch.setattr("bot.channels.zalo.client.BUSY_SECONDS", 0.05)
    monkeypatch.setattr("bot.channels.zalo.channel.CHAT_RATE", 1000.0)
