"""The webhook through the front door: only Telegram gets in, nothing that is posted does harm, nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from itertools import islice
from typing import Any

import aiohttp
import pytest
import yarl
from sqlalchemy import text
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.app import App
from bot.service import Service
from bot.settings import Settings
from store.database import Database
from store.migrate import migrate
from tests.telegram.bot_api import BotApi, texts
from tests.telegram.conftest import Parrot, settled
from tests.telegram.delivery import HEADER, delivering
from tests.telegram.hostile import SECRET, Post, posts
from tests.telegram.serving import serving
from tests.telegram.updates import PERSON, said
from tests.waiting import until

KEY = "test-secret"


class Hook:
    """The bot behind its webhook, and somebody who posts to it."""

    def __init__(self, app: Any, service: Service, address: str, session: aiohttp.ClientSession) -> None:
        self.app, self.service = app, service
        self.address, self.session = address, session

    async def post(self, post: Post) -> int:
        """Send a request; returns the status."""
        body: Any = _in_pieces(post.body) if post.chunked else BytesIO(post.body)
        url = yarl.URL(self.address + post.path, encoded=True)
        async with self.session.request(post.method, url, data=body, headers=post.headers) as answer:
            return answer.status

    async def tell(self, update: dict[str, Any], secret: str = KEY) -> int:
        """Post an update; returns the status."""
        return await self.post(Post(json.dumps(update).encode(), [(HEADER, secret)]))


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, max(1, len(body)), 65536):
        yield body[at : at + 65536]


@pytest.fixture
def app() -> Any:
    return Parrot()


@pytest.fixture
async def hook(app: Any, api: BotApi, settings: Settings) -> AsyncIterator[Hook]:
    if isinstance(app, Parrot):
        app.database = Database(settings.database_url)
    await migrate(app.database)
    web = Starlette()
    async with serving(web) as address, aiohttp.ClientSession() as session:
        changed = {"telegram_webhook_url": f"{address}/telegram", "telegram_webhook_secret": KEY}
        given = Settings(_env_file=None, **{**settings.model_dump(), **changed})
        service = Service(app, given)
        web.router.routes += service.routes
        stop = asyncio.Event()
        running = asyncio.create_task(service.run(stop))
        await api.until(1, "setWebhook")
        yield Hook(app, service, address, session)
        stop.set()
        await asyncio.wait_for(running, 5)
    await app.database.close()


async def test_registers_with_the_secret(hook: Hook, api: BotApi) -> None:
    assert api.webhook["url"] == f"{hook.address}/telegram"
    assert api.webhook["secret_token"] == KEY
    assert "my_chat_member" in (api.allowed or ())


async def test_updates_are_answered_once_however_often_they_come(hook: Hook, api: BotApi) -> None:
    update = {"update_id": 5, **said("a")}
    assert [await hook.tell(update) for _ in range(3)] == [200, 200, 200]
    await until(lambda: texts(api) == ["a"])
    await settled(api, hook.app)
    assert await hook.tell(update) == 200
    await settled(api, hook.app)
    assert texts(api) == ["a"]


async def test_delivered_by_telegram_in_order(hook: Hook, api: BotApi) -> None:
    async with delivering(api):
        for number in range(200):
            api.push(said(str(number), person=1 + number % 20))
        await settled(api, hook.app, seconds=20)
    for person in range(1, 21):
        assert texts(api, person) == [str(number) for number in range(200) if 1 + number % 20 == person]


@pytest.mark.parametrize("headers", [[], [(HEADER, "x")], [(HEADER, "")], [(HEADER, KEY), (HEADER, KEY)]])
async def test_without_the_secret_nothing_is_kept(hook: Hook, api: BotApi, headers: list[tuple[str, str]]) -> None:
    body = json.dumps({"update_id": 5, **said("a")}).encode()
    assert await hook.post(Post(body, headers)) == 401
    assert await hook.tell({"update_id": 6, **said("b")}) == 200
    await until(lambda: texts(api) == ["b"])


async def test_too_large_is_refused_with_and_without_length(hook: Hook) -> None:
    for chunked in (False, True):
        assert await hook.post(Post(b"x" * 1_048_577, [(HEADER, KEY)], chunked=chunked)) == 413


async def test_what_cannot_be_kept_is_not_acknowledged(hook: Hook, api: BotApi) -> None:
    async with hook.app.database.write() as tx:
        await tx.execute(text("ALTER TABLE inbox RENAME TO gone"))
    with capture_logs() as logs:
        assert await hook.tell({"update_id": 5, **said(SECRET)}) == 503
    assert SECRET not in str(logs)
    async with hook.app.database.write() as tx:
        await tx.execute(text("ALTER TABLE gone RENAME TO inbox"))
    assert await hook.tell({"update_id": 5, **said(SECRET)}) == 200
    await until(lambda: texts(api) == [SECRET])


async def test_a_thousand_hostile_requests(
    hook: Hook, api: BotApi, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    statuses = dict[int, int]()
    with capture_logs() as logs:
        for post in islice(posts(KEY), 1000):
            status = await hook.post(post)
            statuses[status] = statuses.get(status, 0) + 1
        assert await hook.tell({"update_id": 5, **said("tốt")}) == 200
        await until(lambda: texts(api) == ["tốt"])
        await settled(api, hook.app, seconds=20)
    assert max(statuses) < 500, statuses
    assert {200, 400, 401, 404, 405, 413} <= statuses.keys()
    heard = str(logs) + caplog.text + "".join(capfd.readouterr())
    assert "0912345678" not in heard
    assert KEY not in heard


class TestRealBot:
    @pytest.fixture
    def app(self, context: Any, settings: Settings) -> App:
        return App(context, Database(settings.database_url))

    async def test_a_long_or_broken_text_is_answered(self, hook: Hook, api: BotApi) -> None:
        for number, content in enumerate(("\ud800 vay vốn", "vay vốn " * 30_000, "\x00", "\ud83d")):
            assert await hook.tell({"update_id": number, **said(content)}) == 200
        await settled(api, hook.app, seconds=20)
        assert len({call.at for call in api.of("sendMessage") if call.values["chat_id"] == PERSON}) >= 4
        assert not [said for said in texts(api) if "trục trặc" in said]
