"""The local Bot API server refuses what Telegram refuses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.telegram.bot_api import TOKEN, BotApi
from tests.telegram.delivery import delivering
from tests.telegram.faults import Fault, Rates
from tests.telegram.server import application
from tests.telegram.serving import serving
from tests.telegram.updates import pressed, said
from tests.waiting import until

Ask = Callable[..., Any]


@pytest.fixture
async def ask(api: BotApi) -> AsyncIterator[Ask]:
    """Calls a method; returns the status and the body."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, *, token: str = TOKEN, **values: Any) -> tuple[int, Any]:
            async with session.post(f"{api.base_url}{token}/{method}", json=values) as answer:
                return answer.status, await answer.json()

        yield call


def keyboard(data: str, text: str = "x") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, "callback_data": data}]]}


@pytest.mark.parametrize(
    ("values", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🌾" * 2049}, "message is too long"),
        ({"text": "x", "reply_markup": keyboard("x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard("đ" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "<b>x", "parse_mode": "HTML"}, 'Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "<p>x</p>", "parse_mode": "HTML"}, 'Unsupported start tag "p" at byte offset 0'),
        ({"text": "đ < x", "parse_mode": "HTML"}, 'Unsupported start tag "" at byte offset 3'),
        ({"text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag at byte offset 1"),
        ({"text": "<b><i>x</b></i>", "parse_mode": "HTML"}, 'expected "</i>", found "</b>"'),
        ({"text": '<a href="x>y</a>', "parse_mode": "HTML"}, "Unclosed start tag at byte offset 0"),
    ],
)
async def test_refused_messages(ask: Ask, values: dict[str, Any], description: str) -> None:
    status, body = await ask("sendMessage", chat_id=1, **values)
    assert (status, body["ok"]) == (400, False)
    assert description in body["description"]


async def test_taken_message(ask: Ask) -> None:
    text = '<b>a &lt; <a href="https://x.vn">b</a></b> &amp; c'
    status, body = await ask("sendMessage", chat_id=1, text=text, parse_mode="HTML", reply_markup=keyboard("x" * 64))
    assert (status, body["result"]["text"]) == (200, "a < b & c")


async def test_what_the_models_cannot_read_is_a_violation(ask: Ask, api: BotApi) -> None:
    assert (await ask("sendMessage", chat_id=1))[0] == 400
    assert (await ask("sendMessage", chat_id=1, text="x", colour="red"))[0] == 400
    assert len(api.violations) == 2
    api.violations.clear()


async def test_edits(ask: Ask) -> None:
    _, sent = await ask("sendMessage", chat_id=1, text="x")
    edit = {"chat_id": 1, "message_id": sent["result"]["message_id"]}
    assert "message is not modified" in (await ask("editMessageText", **edit, text="x"))[1]["description"]
    assert (await ask("editMessageText", **edit, text="y"))[0] == 200
    assert (await ask("editMessageText", chat_id=1, message_id=99, text="y"))[0] == 400


async def test_chats(ask: Ask, api: BotApi) -> None:
    api.blocked, api.unknown, api.migrated = {1}, {2}, {3: -3}
    assert (await ask("sendMessage", chat_id=1, text="x"))[0] == 403
    assert (await ask("sendMessage", chat_id=2, text="x"))[1]["description"] == "Bad Request: chat not found"
    assert (await ask("sendMessage", chat_id=3, text="x"))[1]["parameters"] == {"migrate_to_chat_id": -3}


async def test_tokens(ask: Ask) -> None:
    assert (await ask("getMe"))[1]["result"]["username"] == "ChungTayBot"
    assert (await ask("getMe", token="1:wrong"))[0] == 401
    assert (await ask("getMe", token="nonsense"))[0] == 404
    assert (await ask("getNothing"))[0] == 404


async def test_queries_are_answered_once(ask: Ask, api: BotApi) -> None:
    update = pressed("g:start")
    api.pressed(update)
    query = {"callback_query_id": update["callback_query"]["id"]}
    assert (await ask("answerCallbackQuery", **query))[0] == 200
    assert "too old" in (await ask("answerCallbackQuery", **query))[1]["description"]


class TestGetUpdates:
    async def test_offset_forgets(self, ask: Ask, api: BotApi) -> None:
        first, second = api.push(said("a")), api.push(said("b"))
        assert [u["update_id"] for u in (await ask("getUpdates", limit=1))[1]["result"]] == [first]
        assert [u["update_id"] for u in (await ask("getUpdates", offset=second))[1]["result"]] == [second]
        assert api.acknowledged == first
        assert (await ask("getUpdates", offset=second + 1))[1]["result"] == []

    async def test_waits_for_the_first(self, ask: Ask, api: BotApi) -> None:
        waiting = asyncio.create_task(ask("getUpdates", timeout=5))
        await asyncio.sleep(0.05)
        api.push(said("a"))
        assert len((await asyncio.wait_for(waiting, 1))[1]["result"]) == 1

    async def test_time_is_up(self, ask: Ask) -> None:
        begun = time.monotonic()
        assert (await ask("getUpdates", timeout=1))[1]["result"] == []
        assert 0.9 < time.monotonic() - begun < 2

    async def test_kinds_not_allowed_are_left_out(self, ask: Ask, api: BotApi) -> None:
        await ask("getUpdates", allowed_updates=["callback_query"])
        api.push(said("a"))
        api.push(pressed("g:start"))
        (update,) = (await ask("getUpdates"))[1]["result"]
        assert "callback_query" in update

    async def test_two_at_once(self, ask: Ask) -> None:
        earlier = asyncio.create_task(ask("getUpdates", timeout=5))
        await asyncio.sleep(0.05)
        assert (await ask("getUpdates"))[0] == 200
        assert (await earlier)[0] == 409

    async def test_webhook_forbids_it(self, ask: Ask) -> None:
        await ask("setWebhook", url="http://127.0.0.1/x", secret_token="s")
        assert (await ask("getUpdates"))[0] == 409
        await ask("deleteWebhook")
        assert (await ask("getUpdates"))[0] == 200


async def test_webhook_gets_the_secret(ask: Ask, api: BotApi) -> None:
    secrets = []

    async def hook(request: Request) -> Response:
        secrets.append(request.headers["x-telegram-bot-api-secret-token"])
        return Response(status_code=200 if len(secrets) > 1 else 500)

    async with serving(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as address:
        await ask("setWebhook", url=f"{address}/hook", secret_token="s")
        api.push(said("a"))
        assert await api.deliver() == [500]
        assert await api.deliver() == [200]
    assert (secrets, list(api.pending)) == (["s", "s"], [])


async def test_faults(ask: Ask, api: BotApi) -> None:
    api.fault("getMe", Fault(429, retry_after=3), Fault(500), Fault(reset=True), Fault(seconds=0.1))
    status, body = await ask("getMe")
    assert (status, body["parameters"]) == (429, {"retry_after": 3})
    assert (await ask("getMe"))[0] == 500
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await ask("getMe")
    begun = time.monotonic()
    assert (await ask("getMe"))[0] == 200
    assert time.monotonic() - begun > 0.09


async def test_late_fault_happens_after_the_call(ask: Ask, api: BotApi) -> None:
    api.fault("sendMessage", Fault(reset=True, late=True))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await ask("sendMessage", chat_id=1, text="x")
    assert len(api.of("sendMessage")) == 1


class TestServer:
    """The server as a process of its own, without the process."""

    async def test_people_are_played_from_outside(self, api: BotApi) -> None:
        async with serving(application(api)) as address, aiohttp.ClientSession() as session:
            async with session.post(f"{address}/control/say", json={"person": 5, "text": "a"}) as answer:
                number = (await answer.json())["update_id"]
            async with session.get(f"{address}/bot{TOKEN}/getUpdates") as answer:
                assert [update["update_id"] for update in (await answer.json())["result"]] == [number]
            async with session.post(f"{address}/bot{TOKEN}/sendMessage", json={"chat_id": 5, "text": "b"}) as answer:
                assert answer.status == 200
            async with session.get(f"{address}/control/calls") as answer:
                assert [call["method"] for call in await answer.json()] == ["getUpdates", "sendMessage"]
            async with session.get(f"{address}/control/calls") as answer:
                assert await answer.json() == []


def test_faults_at_given_rates_are_the_same_for_the_same_seed() -> None:
    one, other = (Rates(busy=0.1, failing=0.05, cut=0.02, seed=3) for _ in range(2))
    drawn = [one.next() for _ in range(10_000)]
    assert drawn == [other.next() for _ in range(10_000)]
    assert 900 < sum(fault.status == 429 for fault in drawn) < 1100
    assert 400 < sum(fault.status == 500 for fault in drawn) < 600
    assert 150 < sum(fault.reset for fault in drawn) < 250


async def test_delivery_posts_again_until_taken_and_keeps_each_chat_in_order(ask: Ask, api: BotApi) -> None:
    heard, taken = list[tuple[int, str]](), list[int]()

    async def hook(request: Request) -> Response:
        message = (await request.json())["message"]
        heard.append((message["chat"]["id"], message["text"]))
        assert request.headers["x-telegram-bot-api-secret-token"] == "s"
        return Response(status_code=200 if heard.count(heard[-1]) > 1 else 503)

    async with serving(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as address:
        await ask("setWebhook", url=f"{address}/hook", secret_token="s", max_connections=10)
        async with delivering(api, lambda update: taken.append(update["update_id"])):
            for number in range(12):
                api.push(said(str(number), person=1 + number % 3))
            await until(lambda: len(taken) == 12)
    for person in (1, 2, 3):
        texts = [text for chat, text in heard if chat == person]
        assert texts == [str(number) for number in range(12) if 1 + number % 3 == person for _ in range(2)]
