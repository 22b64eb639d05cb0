"""Faults on the way to Telegram and in its answers: nothing is lost, and nobody waits for somebody else's fault."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram.error import RetryAfter

from bot.channels.telegram.patience import patiently
from bot.settings import Settings
from handlers.types import Incoming, Reply
from tests.telegram.bot_api import BotApi, texts
from tests.telegram.conftest import QUICK, Parrot, polling, settled
from tests.telegram.faults import Fault
from tests.telegram.updates import GROUP, PERSON, membership, said
from tests.waiting import until


async def test_html_that_telegram_refuses_goes_as_plain_text(api: BotApi, settings: Settings) -> None:
    refusal = b'{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse entities: x"}'
    api.fault("sendMessage", Fault(400, body=refusal))

    async def says(incoming: Incoming) -> list[Reply]:
        return [Reply("<b>a</b> &lt; b")]

    async with polling(Parrot(says), settings):
        api.push(said("x"))
        (call,) = await api.until(1, "sendMessage")
    assert call.values["text"] == "a < b"


class TestFaults:
    async def test_waits_as_long_as_told(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(429, retry_after=1))
        async with polling(Parrot(), settings):
            api.push(said("a"))
            api.push(said("b"))
            await api.until(2, "sendMessage")
        refused, sent, _ = [call.at for call in api.calls_of("sendMessage")]
        assert sent - refused >= 1
        assert texts(api) == ["a", "b"]

    async def test_waiting_for_one_chat_does_not_stop_others(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(429, retry_after=60), chat=PERSON)
        async with polling(Parrot(), settings):
            api.push(said("a"))
            api.push(said("b"))
            for person in range(200, 205):
                api.push(said("x", person=person))
            await api.until(5, "sendMessage")
        assert texts(api) == []

    async def test_told_to_wait_three_times_in_a_row_stops_everything(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", *[Fault(429, retry_after=1)] * 3)
        async with polling(Parrot(), settings):
            for person in (1, 2, 3):
                api.push(said("a", person=person))
            await until(lambda: len(api.calls_of("sendMessage")) >= 3)
            api.push(said("b", person=4))
            await api.until(4, "sendMessage")
        *refused, first, _, _, _ = [call.at for call in api.calls_of("sendMessage")]
        assert first - refused[-1] >= 1

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
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app)
        assert texts(api) == ["a"]

    async def test_answer_lost_after_sending_is_repeated_at_most_once(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(reset=True, late=True))
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app)
        assert texts(api) == ["a", "a"]

    async def test_a_silent_server_is_given_up(
        self, api: BotApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.channels.telegram.request.CALL_SECONDS", 0.2)
        api.fault("sendMessage", Fault(seconds=3))
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app, seconds=2.5)
        assert texts(api) == ["a"]

    async def test_updates_are_not_lost_with_their_answer(self, api: BotApi, settings: Settings) -> None:
        """The server sent the updates, the connection was cut: they come again and are answered once."""
        app = Parrot()
        api.push(said("a"))
        api.fault("getUpdates", Fault(reset=True, late=True))
        async with polling(app, settings):
            await settled(api, app)
        assert texts(api) == ["a"]

    async def test_blocked_is_forgotten_quietly(self, api: BotApi, settings: Settings) -> None:
        api.blocked = {5}
        app = Parrot()
        with capture_logs() as logs:
            async with polling(app, settings):
                api.push(said("a", person=5))
                await settled(api, app)
                api.push(membership("kicked", 5))
                api.push(membership("member", 5))
                api.push(said("b"))
                await settled(api, app)
        assert texts(api) == ["b"]
        assert [entry for entry in logs if entry["log_level"] in {"warning", "error"}] == []
        assert len([call for call in api.calls if call.method == "sendMessage"]) == 2

    async def test_unknown_chat_costs_one_call(self, api: BotApi, settings: Settings) -> None:
        api.unknown = {5}
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a", person=5))
            await settled(api, app)
        assert len([call for call in api.calls if call.method == "sendMessage"]) == 1

    async def test_group_that_became_a_supergroup(self, api: BotApi, settings: Settings) -> None:
        api.migrated = {GROUP: -1009}
        async with polling(Parrot(), settings):
            api.push(said("/help", GROUP))
            await api.until(1, "sendMessage")
        assert texts(api, -1009) == ["/help"]

    async def test_lasting_fault_puts_off_and_keeps_the_order(self, api: BotApi, settings: Settings) -> None:
        api.fault("sendMessage", *[Fault(500)] * 6, chat=PERSON)
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            api.push(said("b"))
            api.push(said("c", person=6))
            await api.until(1, "sendMessage")
            assert texts(api, 6) == ["c"]
            await settled(api, app)
        assert texts(api) == ["a", "b"]

    async def test_refused_message_is_dropped_and_the_next_goes(self, api: BotApi, settings: Settings) -> None:
        refusal = b'{"ok":false,"error_code":400,"description":"Bad Request: PEER_ID_INVALID"}'
        api.fault("sendMessage", Fault(400, body=refusal))
        app = Parrot()
        with capture_logs() as logs:
            async with polling(app, settings):
                api.push(said("bí mật"))
                api.push(said("b"))
                await settled(api, app)
        assert texts(api) == ["b"]
        assert any(entry["event"] == "sender.refused" for entry in logs)
        assert "bí mật" not in str(logs)

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
        api.push(said("b"))
        app = Parrot()
        async with polling(app, settings):
            await settled(api, app)
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
        app = Parrot()
        async with polling(app, settings):
            for number in range(50):
                api.push(said(str(number), person=1 + number % 5))
            await settled(api, app, seconds=20)
        for person in range(1, 6):
            assert texts(api, person) == [str(number) for number in range(50) if 1 + number % 5 == person]

    async def test_being_told_to_wait_does_not_count_as_a_failure(self) -> None:
        answers = [RetryAfter(timedelta(milliseconds=1))] * 20

        async def call() -> str:
            if answers:
                raise answers.pop()
            return "sent"

        assert await patiently(call, QUICK, attempts=1) == "sent"
