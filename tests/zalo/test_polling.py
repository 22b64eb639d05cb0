"""Polling through the front door: updates in, calls out, faults in between."""

from __future__ import annotations

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from bot.settings import Settings
from handlers.actions import Go
from handlers.types import Choice, Incoming, IncomingKind, Reply
from tests.telegram.conftest import Parrot, polling
from tests.zalo.zalo_api import TOKEN, Fault, ZaloApi, event, said


async def test_a_text_is_answered(api: ZaloApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        await api.push(said("một < hai"))
        (call,) = await api.until(1)
    assert call.values == {"chat_id": "p1", "text": "một < hai"}


@pytest.mark.parametrize("bare", [False, True], ids=["enveloped", "bare"])
async def test_both_shapes_of_updates_are_taken(api: ZaloApi, settings: Settings, bare: bool) -> None:
    api.bare = bare
    async with polling(Parrot(), settings):
        await api.push(said("a"))
        await api.until(1)
    assert api.texts() == ["a"]


async def test_webhook_of_before_is_ended(api: ZaloApi, settings: Settings) -> None:
    api.webhook = {"url": "http://x", "secret_token": "12345678"}
    async with polling(Parrot(), settings):
        await api.push(said("a"))
        await api.until(1)


async def test_an_update_handed_over_twice_is_answered_once(api: ZaloApi, settings: Settings) -> None:
    api.repeated = 3
    async with polling(Parrot(), settings):
        await api.push(said("a"), said("b"))
        await api.until(2)
    assert api.texts() == ["a", "b"]


async def test_kinds(api: ZaloApi, settings: Settings) -> None:
    parrot = Parrot()
    async with polling(parrot, settings):
        await api.push(*(event(kind) for kind in ("image", "sticker", "voice", "unsupported", "reaction")))
        await api.push({"event_name": "message.unsupported.received"}, said("b"))
        await api.until(5)
    unsupported = IncomingKind.UNSUPPORTED
    assert [incoming.kind for incoming in parrot.heard] == [unsupported] * 3 + [
        IncomingKind.WITHHELD,
        IncomingKind.TEXT,
    ]


async def test_a_group_is_answered_where_it_names_the_bot(api: ZaloApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        await api.until(1, "getMe")
        await api.push(said("nói chuyện riêng", chat="g1"), said("@bot.ChungTay vay vốn", chat="g1"))
        await api.until(1)
    assert api.texts("g1") == ["vay vốn"]


async def test_a_long_answer_is_cut_and_comes_in_order(api: ZaloApi, settings: Settings) -> None:
    async def says(incoming: Incoming) -> list[Reply]:
        return [Reply("Một câu. " * 600, choices=(Choice("Về", Go("start")),))]

    async with polling(Parrot(says), settings):
        await api.push(said("a"))
        await api.until(3)
    texts = api.texts()
    assert all(text.endswith("câu.") for text in texts[:-1])
    assert texts[-1].endswith("1. Về")


async def test_typing_is_shown_when_slow(api: ZaloApi, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.worker.SLOW", 0.05)

    async def says(incoming: Incoming) -> list[Reply]:
        await api.until(1, "sendChatAction")
        return [Reply("x")]

    async with polling(Parrot(says), settings):
        await api.push(said("a"))
        await api.until(1)


class TestFaults:
    @pytest.mark.parametrize(
        "fault",
        [
            Fault(code=500),
            Fault(code=500, status=500),
            Fault(code=408),
            Fault(body=b"<html>Bad Gateway</html>", status=502),
            Fault(body=b"<html>log in to the wifi</html>"),
            Fault(body=b"[]"),
            Fault(body=b'{"ok": false}'),
            Fault(body=b'{"ok": "yes"}'),
            Fault(reset=True),
        ],
        ids=["500", "500-by-status", "408", "502", "portal", "list", "no-code", "odd", "reset"],
    )
    @pytest.mark.parametrize("method", ["sendMessage", "getUpdates", "getMe", "deleteWebhook"])
    async def test_survived(self, api: ZaloApi, settings: Settings, method: str, fault: Fault) -> None:
        api.fault(method, fault, fault, fault)
        async with polling(Parrot(), settings):
            await api.push(said("a"))
            await api.until(1)
        assert api.texts() == ["a"]

    @pytest.mark.parametrize("retry_after", [None, 0])
    async def test_too_many_calls_are_waited_out(
        self, api: ZaloApi, settings: Settings, retry_after: int | None
    ) -> None:
        api.fault("sendMessage", *[Fault(code=429, retry_after=retry_after)] * 4)
        async with polling(Parrot(), settings):
            await api.push(said("a"), said("b"))
            await api.until(2)
        assert api.texts() == ["a", "b"]

    async def test_waits_as_long_as_told(self, api: ZaloApi, settings: Settings) -> None:
        api.fault("sendMessage", Fault(code=429, retry_after=1))
        async with polling(Parrot(), settings):
            await api.push(said("a"))
            await api.until(1)
        refused, sent = [call.at for call in api.calls if call.method == "sendMessage"]
        assert sent - refused >= 1

    async def test_a_message_that_is_refused_costs_one_call_and_holds_nothing_up(
        self, api: ZaloApi, settings: Settings
    ) -> None:
        api.fault("sendMessage", Fault(code=400))
        async with polling(Parrot(), settings):
            await api.push(said("a"))
            await api.until_called(1, "sendMessage")
            await api.push(said("b"))
            await api.until(1)
        assert api.texts() == ["b"]

    async def test_an_answer_lost_after_sending_is_repeated_at_most_once(
        self, api: ZaloApi, settings: Settings
    ) -> None:
        api.fault("sendMessage", Fault(reset=True, late=True))
        async with polling(Parrot(), settings):
            await api.push(said("a"), said("b"))
            await api.until(3)
        assert api.texts() == ["a", "a", "b"]

    async def test_a_silent_server_is_given_up(
        self, api: ZaloApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.channels.zalo.client.CALL_SECONDS", 0.2)
        api.fault("sendMessage", Fault(seconds=1))
        async with polling(Parrot(), settings):
            await api.push(said("a"))
            await api.until(1)
        assert api.texts()[0] == "a"

    async def test_refused_token_is_told_without_the_token_and_loses_nothing(
        self, api: ZaloApi, settings: Settings
    ) -> None:
        parrot = Parrot()
        with capture_logs() as logs:
            async with polling(parrot, settings):
                await api.push(said("a"))
                await api.until(1)
                api.token = "another"
                await api.push(said("b"))
                await api.until_refused(3, 401)
                api.token = TOKEN
                await api.until(2)
        assert api.texts() == ["a", "b"]
        assert "ZALO_BOT_TOKEN is refused" in str(logs)
        assert "test-token" not in str(logs)

    async def test_a_server_that_is_not_there(self, settings: Settings) -> None:
        nowhere = settings.model_copy(update={"zalo_base_url": "http://127.0.0.1:9/bot"})
        with capture_logs() as logs:
            async with polling(Parrot(), nowhere):
                await asyncio.sleep(0.2)
        assert "test-token" not in str(logs)

    @pytest.mark.parametrize(
        "update",
        [{"x": 1}, {"event_name": "message.text.received", "message": "x"}, {"event_name": 5, "message": []}],
    )
    async def test_damaged_update_blocks_nobody(
        self, api: ZaloApi, settings: Settings, update: dict[str, object]
    ) -> None:
        async with polling(Parrot(), settings):
            await api.push(update, said("b"))
            await api.until(1)
        assert api.texts() == ["b"]

    async def test_nothing_that_people_write_is_logged(self, api: ZaloApi, settings: Settings) -> None:
        async def says(incoming: Incoming) -> list[Reply]:
            raise RuntimeError(incoming.text)

        secret = "bí mật 0912345678"
        api.fault("sendMessage", Fault(code=400), Fault(code=500))
        damaged = said(secret)
        damaged["message"]["message_id"] = secret
        with capture_logs() as logs:
            async with polling(Parrot(says), settings):
                await api.push(damaged, said(secret))
                await api.until_called(1, "getUpdates")
                await asyncio.sleep(0.3)
        assert logs
        assert "0912345678" not in str(logs)
        assert "Tester" not in str(logs)

    async def test_half_of_all_calls_fail(self, api: ZaloApi, settings: Settings) -> None:
        """Errors, refusals and cut connections by turns; no answer is lost, and each chat's come in order."""
        faults = [Fault(code=500), Fault(), Fault(code=429), Fault(), Fault(reset=True), Fault()] * 12
        for method in ("sendMessage", "getUpdates"):
            api.fault(method, *faults)
        async with polling(Parrot(), settings):
            await api.push(*(said(str(number), f"p{number % 5}") for number in range(50)))
            await api.until(50, seconds=30)
        for person in range(5):
            assert api.texts(f"p{person}") == [str(number) for number in range(50) if number % 5 == person]


class TestStop:
    async def test_stops_in_a_long_poll(self, api: ZaloApi, settings: Settings) -> None:
        async with polling(Parrot(), settings):
            await api.push(said("a"))
            await api.until(1)
            begun = time.monotonic()
        assert time.monotonic() - begun < 1.5

    async def test_what_was_not_answered_is_answered_after_the_next_start(
        self, api: ZaloApi, settings: Settings
    ) -> None:
        begun = asyncio.Event()

        async def says(incoming: Incoming) -> list[Reply]:
            begun.set()
            await asyncio.sleep(30)
            return []

        async with polling(Parrot(says), settings):
            await api.push(said("a"))
            await begun.wait()
        async with polling(Parrot(), settings):
            await api.until(1)
        assert api.texts() == ["a"]
