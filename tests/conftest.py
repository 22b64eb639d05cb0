"""What tests share: the knowledge, loaded once, a context without a preview day, a bot on a database of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.app import App, build_context
from bot.channels.web import Web
from bot.settings import Settings
from handlers.context import Context
from store.database import Database

os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")


@pytest.fixture(scope="session")
def context() -> Context:
    return build_context(Settings(_env_file=None, operator_name="UBND xã An Khánh"))


@pytest.fixture
async def app(context: Context, tmp_path: Path) -> AsyncIterator[App]:
    app = App(context, Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"))
    await app.start()
    yield app
    await app.close()


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor of the web page."""
    transport = httpx.ASGITransport(app=Web(app).asgi(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", follow_redirects=True) as client:
        yield client
