"""Polling through the front door: updates in, calls out, faults in between."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram.error import RetryAfter

from bot.channels.telegram.patience import patiently
from bot.channels.telegram.channel import menu
from bot.settings import Settings
from handlers.actions import Go
from handlers.conversation import COMMANDS
from handlers.types import Attachment, Choice, Incoming, Reply
from tests.telegram.bot_api import BotApi, Fault
from tests.telegram.conftest import QUICK, Parrot, polling
from tests.telegram.updates import GROUP, PERSON, UNREADABLE, edited, membership, pressed, said


def texts(api: BotApi, chat: int = PERSON) -> list[str]:
    return [call.values["text"] for call in api.of("sendMessage") if call.values["chat_id"] == chat]


async def test_echo(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        last = api.push(said("một < hai"))
        (call,) = await api.until(1, "sendMessage")
        await api.until_acknowledged(last)
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
    async with polling(Parrot(), settings):
        last = api.pressed(pressed("g:start"))
        await api.until(1, "sendMessage", seconds=1)
        await api.until_acknowledged(last, seconds=1)


async def test_unreadable_kinds(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        for content in UNREADABLE.values():
            api.push(said(**content))
        await api.until(len(UNREADABLE), "sendMessage")
    assert texts(api) == ["unsupported"] * len(UNREADABLE)


async def test_group_is_answered_in_reply(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        api.push(said("nói chuyện riêng", GROUP))
        api.push(said("/trogiup", GROUP, message_id=9))
        (call,) = await api.until(1, "sendMessage")
    assert call.values["reply_parameters"] == {"message_id": 9, "allow_sending_without_reply": True}


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

    async with polling(Parrot(says), settings):
        for _ in range(4):
            last = api.push(said("a"))
        await api.until_acknowledged(last)
    assert texts(api) == ["x", "z"]
    assert [call.values["text"] for call in api.of("editMessageText")] == ["y"]


async def test_edited_messages_are_answered(api: BotApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        api.push(said("a"))
        api.push(edited("b"))
        await api.until(2, "sendMessage")
    assert texts(api) == ["a", "b"]


async def test_html_that_telegram_refuses_goes_as_plain_text(api: BotApi, settings: Settings) -> None:
    refusal = b'{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse entities: x"}'
    api.fault("sendMessage", Fault(400, body=refusal))

    async def says(incoming: Incoming) -> list[Reply]:
        return [Reply("<b>a</b> &lt; b")]

    async with polling(Parrot(says), settings):
        api.push(said("x"))
        (call,) = await api.until(1, "sendMessage")
    assert call.values["text"] == "a < b"


class TestOrder:
    async def test_a_chat_in_order_chats_side_by_side(self, api: BotApi, settings: Settings) -> None:
        gate = asyncio.Event()

        async def says(incoming: Incoming) -> list[Reply]:
            if incoming.text == "1":
                await gate.wait()
            return [Reply(incoming.text)]

        async with polling(Parrot(says), settings):
            first, *_ = [api.push(said(str(number))) for number in range(1, 6)]
            for person in range(200, 210):
                api.push(said("x", person=person))
            await api.until(10, "sendMessage")
            assert texts(api) == []
            assert api.acknowledged < first
            gate.set()
            await api.until(15, "sendMessage")
        assert texts(api) == ["1", "2", "3", "4", "5"]

    async def test_newer_updates_do_not_wait_for_a_slow_one(self, api: BotApi, settings: Settings) -> None:
        gate = asyncio.Event()

        async def says(incoming: Incoming) -> list[Reply]:
            await (gate.wait() if incoming.text == "slow" else asyncio.sleep(0))
            return [Reply(incoming.text)]

        parrot = Parrot(says)
        async with polling(parrot, settings):
            api.push(said("slow", person=1))
            await asyncio.sleep(0.1)
            api.push(said("quick", person=2))
            await api.until(1, "sendMessage")
            gate.set()
            await api.until(2, "sendMessage")
        assert [incoming.text for incoming in parrot.heard] == ["slow", "quick"]

    async def test_only_so_many_at_once(self, api: BotApi, settings: Settings) -> None:
        now = most = 0

        async def says(incoming: Incoming) -> list[Reply]:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.01)
            now -= 1
            return [Reply("x")]

        async with polling(Parrot(says), settings):
            for person in range(1, 101):
                api.push(said("x", person=person))
            await api.until(100, "sendMessage")
        assert 1 < most <= 8

    async def test_a_thousand_at_once(self, api: BotApi, settings: Settings) -> None:
        parrot = Parrot()
        for number in range(1000):
            last = api.push(said(str(number), person=1 + number % 40))
        async with polling(parrot, settings):
            await api.until(1000, "sendMessage", seconds=30)
            await api.until_acknowledged(last, seconds=5)
        assert len(parrot.heard) == 1000
        for person in range(1, 41):
            assert texts(api, person) == [str(number) for number in range(1000) if 1 + number % 40 == person]


class TestFaults:
    async def test_waits_as_long_as_told(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(429, retry_after=1))
        async with polling(Parrot(), settings):
            api.push(said("a"))
            await api.until(1, "sendMessage")
        refused, sent = [call.at for call in api.calls if call.method == "sendMessage"]
        assert sent - refused >= 1

    @pytest.mark.parametrize(
        "fault",
        [
            Fault(500),
            Fault(502, body=b"<html>Bad Gateway</html>"),
            Fault(200, body=b"<html>log in to the wifi</html>"),
            Fault(200, body=b"[]"),
            Fault(reset=True),
        ],
        ids=["500", "502", "portal", "list", "reset"],
    )
    @pytest.mark.parametrize("method", ["sendMessage", "getUpdates", "getMe", "deleteWebhook", "setMyCommands"])
    async def test_survived(self, api: BotApi, settings: Settings, method: str, fault: Fault) -> None:
        api.fault(method, fault, fault, fault)
        async with polling(Parrot(), settings):
            last = api.push(said("a"))
            await api.until_acknowledged(last)
        assert texts(api) == ["a"]

    async def test_answer_lost_after_sending_is_repeated_at_most_once(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(reset=True, late=True))
        async with polling(Parrot(), settings):
            await api.until_acknowledged(api.push(said("a")))
        assert texts(api) == ["a", "a"]

    async def test_a_silent_server_is_given_up(
        self, api: BotApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.channels.telegram.request.CALL_SECONDS", 0.2)
        api.fault("sendMessage", Fault(seconds=3))
        async with polling(Parrot(), settings):
            await api.until_acknowledged(api.push(said("a")), seconds=2)
        assert texts(api) == ["a"]

    async def test_updates_are_not_lost_with_their_answer(self, api: BotApi, settings: Settings) -> None:
        """The server sent the updates, the connection was cut: they come again and are answered once."""
        parrot = Parrot()
        last = api.push(said("a"))
        api.fault("getUpdates", Fault(reset=True, late=True))
        async with polling(parrot, settings):
            await api.until_acknowledged(last)
        assert texts(api) == ["a"]

    async def test_blocked_is_forgotten_quietly(self, api: BotApi, settings: Settings) -> None:
        api.blocked = {5}
        with capture_logs() as logs:
            async with polling(Parrot(), settings):
                api.push(said("a", person=5))
                api.push(membership("kicked", 5))
                api.push(membership("member", 5))
                await api.until_acknowledged(api.push(said("b")))
        assert texts(api) == ["b"]
        assert [entry for entry in logs if entry["log_level"] in {"warning", "error"}] == []
        assert len([call for call in api.calls if call.method == "sendMessage"]) == 2

    async def test_unknown_chat_costs_one_call(self, api: BotApi, settings: Settings) -> None:
        api.unknown = {5}
        async with polling(Parrot(), settings):
            await api.until_acknowledged(api.push(said("a", person=5)))
        assert len([call for call in api.calls if call.method == "sendMessage"]) == 1

    async def test_group_that_became_a_supergroup(self, api: BotApi, settings: Settings) -> None:
        api.migrated = {GROUP: -1009}
        async with polling(Parrot(), settings):
            api.push(said("/help", GROUP))
            await api.until(1, "sendMessage")
        assert texts(api, -1009) == ["/help"]

    async def test_lasting_fault_costs_one_answer_only(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", *[Fault(500)] * 6)
        async with polling(Parrot(), settings):
            api.push(said("a"))
            await api.until_acknowledged(api.push(said("b")))
        assert texts(api) == ["b"]

    async def test_failing_handler_apologises_and_the_rest_goes_on(self, api: BotApi, settings: Settings) -> None:
        async def says(incoming: Incoming) -> list[Reply]:
            if incoming.text == "bí mật 0912345678":
                raise RuntimeError(incoming.text)
            return [Reply(incoming.text)]

        with capture_logs() as logs:
            async with polling(Parrot(says), settings):
                api.push(said("bí mật 0912345678"))
                api.push(said("b"))
                await api.until(2, "sendMessage")
        assert texts(api) == [Texts().sorry, "b"]
        assert "0912345678" not in str(logs)
        assert any(entry["event"] == "telegram.handler_failed" for entry in logs)

    @pytest.mark.parametrize(
        "update",
        [
            {"message": "nonsense"},
            {"message": {"message_id": "x"}},
            {"message": {"chat": {}}},
            {"callback_query": {"id": 1}},
            {"new_kind": {"x": 1}},
            {"message": None},
        ],
    )
    async def test_damaged_update_blocks_nobody(self, api: BotApi, settings: Settings, update: dict[str, Any]) -> None:
        api.push_raw(update)
        last = api.push(said("b"))
        async with polling(Parrot(), settings):
            await api.until_acknowledged(last)
        assert texts(api) == ["b"]

    async def test_refused_token_is_told_without_the_token(self, api: BotApi, settings: Settings) -> None:
        api.token = "123456:another"
        with capture_logs() as logs:
            async with polling(Parrot(), settings):
                await asyncio.sleep(0.2)
        assert "TELEGRAM_BOT_TOKEN is refused" in str(logs)
        assert "test-token" not in str(logs)

    async def test_server_that_is_not_there(self, settings: Settings) -> None:
        nowhere = settings.model_copy(update={"telegram_base_url": "http://127.0.0.1:9/bot"})
        async with polling(Parrot(), nowhere):
            await asyncio.sleep(0.2)

    async def test_half_of_all_calls_fail(self, api: BotApi, settings: Settings) -> None:
        for method in ("sendMessage", "getUpdates"):
            api.fault(method, *[Fault(500), Fault(), Fault(reset=True), Fault()] * 20)
        async with polling(Parrot(), settings, replace(QUICK, attempts=30)):
            for number in range(50):
                last = api.push(said(str(number), person=1 + number % 5))
            await api.until_acknowledged(last, seconds=20)
        for person in range(1, 6):
            assert texts(api, person) == [str(number) for number in range(50) if 1 + number % 5 == person]

    async def test_being_told_to_wait_does_not_count_as_a_failure(self) -> None:
        answers = [RetryAfter(timedelta(milliseconds=1))] * 20

        async def call() -> str:
            if answers:
                raise answers.pop()
            return "sent"

        assert await patiently(call, QUICK, attempts=1) == "sent"


class TestStop:
    async def test_stops_in_a_long_poll(self, api: BotApi, settings: Settings) -> None:
        async with polling(Parrot(), settings):
            await api.until(1, "setMyCommands")
            await asyncio.sleep(0.1)
            begun = time.monotonic()
        assert time.monotonic() - begun < 1

    async def test_what_was_answered_does_not_come_again(self, api: BotApi, settings: Settings) -> None:
        async with polling(Parrot(), settings):
            last = api.push(said("a"))
            await api.until(1, "sendMessage")
        assert api.acknowledged == last

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

    async def test_stops_while_told_to_wait(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(429, retry_after=30))
        api.fault("getUpdates", Fault(), Fault(429, retry_after=30))
        async with polling(Parrot(), settings):
            api.push(said("a"))
            await asyncio.sleep(0.3)


def test_progress() -> None:
    progress = Progress()
    assert (progress.offset, progress.idle) == (0, True)
    assert [progress.begin(number) for number in (5, 6, 7, 6)] == [True, True, True, False]
    progress.end(6)
    assert progress.offset == 5
    progress.end(5)
    assert progress.offset == 7
    progress.end(7)
    assert (progress.offset, progress.idle) == (8, True)
