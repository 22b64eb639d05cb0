"""Polling through the front door: updates in, calls out."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.channels.telegram.channel import menu
from bot.settings import Settings
from handlers.actions import Go
from handlers.conversation import COMMANDS
from handlers.types import Attachment, Choice, Incoming, Reply
from tests.telegram.bot_api import BotApi, texts
from tests.telegram.conftest import Parrot, polling, settled
from tests.telegram.faults import Fault
from tests.telegram.updates import GROUP, PERSON, UNREADABLE, pressed, said
from tests.waiting import until


async def test_echo(api: BotApi, settings: Settings) -> None:
    app = Parrot()
    async with polling(app, settings):
        api.push(said("một < hai"))
        await settled(api, app)
    (call,) = api.of("sendMessage")
    assert (call.values["chat_id"], call.values["text"], call.values["parse_mode"]) == (PERSON, "một &lt; hai", "HTML")
    assert call.values["link_preview_options"] == {"is_disabled": True}


async def test_menu_is_shown_and_understood(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        await api.until(1, "setMyCommands")
    assert {command["command"] for command in api.commands} == set(menu())
    assert set(menu()) <= set(COMMANDS)


async def test_webhook_of_before_is_ended(api: BotApi, settings: Settings) -> None:
    api.webhook = {"url": "http://x", "secret_token": None}
    api.push(said("a"))
    async with polling(Parrot(), settings):
        await api.until(1, "sendMessage")


async def test_every_button_is_settled(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        updates = [
            pressed("g:start"),
            pressed("nonsense"),
            pressed("g:start", GROUP),
            pressed(None, game_short_name="g"),
        ]
        for update in updates:
            api.pressed(update)
        await api.until(4, "answerCallbackQuery")
    assert set(api.settled) == {update["callback_query"]["id"] for update in updates}


async def test_button_too_old_to_settle_is_answered(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        api.push(pressed("g:start"))
        await api.until(1, "sendMessage")


async def test_button_that_cannot_be_settled_holds_nothing_up(
    api: BotApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.client.SETTLE_SECONDS", 0.1)
    api.fault("answerCallbackQuery", Fault(429, retry_after=30))
    app = Parrot()
    async with polling(app, settings):
        api.pressed(pressed("g:start"))
        await settled(api, app, seconds=2)
    assert texts(api) == ["action"]


async def test_unreadable_kinds(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        for content in UNREADABLE.values():
            api.push(said(**content))
        await api.until(len(UNREADABLE), "sendMessage")
    assert texts(api) == ["unsupported"] * len(UNREADABLE)


async def test_long_answer_comes_in_pieces_with_the_choices_last(api: BotApi, settings: Settings) -> None:
    async def says(incoming: Incoming) -> list[Reply]:
        return [Reply("<b>" + "Một câu. " * 1200 + "</b>", choices=(Choice("Về", Go("start")),))]

    async with polling(Parrot(says), settings):
        api.push(said("a"))
        calls = await api.until(3, "sendMessage")
    assert [bool(call.buttons) for call in calls] == [False, False, True]
    assert all(call.values["text"].endswith("câu.</b>") for call in calls)


async def test_files(api: BotApi, settings: Settings) -> None:
    files = (Attachment("a.png", "image/png", b"png"), Attachment("a.pdf", "application/pdf", b"pdf"))

    async def says(incoming: Incoming) -> list[Reply]:
        return [Reply("x", files=files)]

    async with polling(Parrot(says), settings):
        api.push(said("a"))
        await api.until(2, "sendPhoto", "sendDocument")
    assert api.of("sendPhoto")[0].files == {"photo": ("a.png", b"png")}
    assert api.of("sendDocument")[0].files == {"document": ("a.pdf", b"pdf")}


async def test_replacing(api: BotApi, settings: Settings) -> None:
    """An edit where it is possible; nothing where nothing changed; a new message where the old one is gone."""
    replies = [Reply("x"), Reply("y", replaces="1"), Reply("y", replaces="1"), Reply("z", replaces="99")]

    async def says(incoming: Incoming) -> list[Reply]:
        return [replies.pop(0)]

    app = Parrot(says)
    async with polling(app, settings):
        for _ in range(4):
            api.push(said("a"))
        await settled(api, app)
    assert texts(api) == ["x", "z"]
    assert [call.values["text"] for call in api.of("editMessageText")] == ["y"]


class TestStop:
    async def test_stops_in_a_long_poll(self, api: BotApi, settings: Settings) -> None:
        async with polling(Parrot(), settings):
            await api.until(1, "setMyCommands")
            await asyncio.sleep(0.1)
            begun = time.monotonic()
        assert time.monotonic() - begun < 1

    async def test_what_was_answered_does_not_come_again(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        async with polling(app, settings):
            last = api.push(said("a"))
            await api.until(1, "sendMessage")
        assert api.acknowledged == last
        async with polling(app, settings):
            await settled(api, app)
        assert texts(api) == ["a"]

    async def test_what_was_not_answered_comes_again(self, api: BotApi, settings: Settings) -> None:
        begun = asyncio.Event()

        async def says(incoming: Incoming) -> list[Reply]:
            begun.set()
            await asyncio.sleep(30)
            return []

        async with polling(Parrot(says), settings):
            api.push(said("a"))
            await begun.wait()
        async with polling(Parrot(), settings):
            await api.until(1, "sendMessage")
        assert texts(api) == ["a"]

    async def test_what_was_not_sent_goes_after_the_next_start(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(seconds=30))
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            api.push(said("b"))
            await until(lambda: len(app.heard) >= 2 and not api.faults_left)
        assert texts(api) == []
        async with polling(app, settings):
            await settled(api, app)
        assert texts(api) == ["a", "b"]
        assert len(app.heard) == 2

    async def test_stops_while_told_to_wait(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(429, retry_after=30))
        api.fault("getUpdates", Fault(), Fault(429, retry_after=30))
        async with polling(Parrot(), settings):
            api.push(said("a"))
            await asyncio.sleep(0.3)
