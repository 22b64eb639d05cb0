"""The way of an update from the inbox to the outbox: once, in order, again after failures, never without an answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.settings import Settings
from bot.worker import ATTEMPTS, TOGETHER
from handlers.types import Incoming, Reply
from store import subscriptions
from store.schema import inbox, outbox
from store.sessions import Speaker
from tests.telegram.bot_api import BotApi, texts
from tests.telegram.conftest import Parrot, polling, settled
from tests.telegram.faults import Fault
from tests.telegram.updates import GROUP, PERSON, PHOTO, edited, membership, mention, message, said
from tests.waiting import until

SECRET = "bí mật 0912345678"


def failing(text: str, times: int = 1000) -> Callable[[Incoming], Awaitable[list[Reply]]]:
    """A handler that fails at ``text`` so many times, with the text in its error."""
    left = times

    async def says(incoming: Incoming) -> list[Reply]:
        nonlocal left
        if incoming.text == text and left:
            left -= 1
            raise RuntimeError(incoming.text)
        return [Reply(incoming.text)]

    return says


async def rows(app: Any, *columns: Any) -> list[tuple[Any, ...]]:
    async with app.database.read() as tx:
        return [tuple(row) for row in await tx.execute(select(*columns))]


def sorry(app: Parrot) -> str:
    return app.context.wording.say("sorry")


def notice(app: Parrot) -> str:
    return app.context.wording.say("too_many")


class TestOnce:
    async def test_an_update_that_comes_again_is_answered_once(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            first = api.pending[0]
            await settled(api, app)
            api.push_again(first)
            api.push(said("b"))
            await settled(api, app)
        assert texts(api) == ["a", "b"]

    async def test_what_was_said_is_blanked_once_answered(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        async with polling(app, settings):
            api.push(said(SECRET))
            await settled(api, app)
            assert await rows(app, inbox.c.state, inbox.c.payload) == [("answered", None)]
            assert await rows(app, outbox.c.id) == []

    async def test_edited_messages_are_answered(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            api.push(edited("b"))
            api.push(edited(**PHOTO))
            await settled(api, app)
        assert texts(api) == ["a", "b"]


class TestOrder:
    async def test_each_chat_in_order(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        for number in range(1000):
            api.push(said(str(number), person=1 + number % 40))
        async with polling(app, settings):
            await settled(api, app, seconds=30)
        assert len(app.heard) == 1000
        for person in range(1, 41):
            assert texts(api, person) == [str(number) for number in range(1000) if 1 + number % 40 == person]

    async def test_a_chat_that_writes_much_does_not_hold_back_others(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        for number in range(80):
            api.push(said(str(number), person=1))
        for person in range(2, 2 + TOGETHER):
            api.push(said("x", person=person))
        async with polling(app, settings):
            await settled(api, app)
        heard = [incoming.chat for incoming in app.heard]
        assert all(heard.index(str(person)) < 3 * TOGETHER for person in range(2, 2 + TOGETHER))


class TestFailures:
    async def test_always_failing_is_set_aside_with_an_apology(self, api: BotApi, settings: Settings) -> None:
        app = Parrot(failing(SECRET))
        with capture_logs() as logs:
            async with polling(app, settings):
                api.push(said(SECRET))
                api.push(said("b"))
                api.push(said("c", person=6))
                await api.until(1, "sendMessage")
                assert texts(api, 6) == ["c"]
                await settled(api, app)
                found = await rows(app, inbox.c.state, inbox.c.attempts, inbox.c.error)
        assert texts(api) == [sorry(app), "b"]
        assert found[0][:2] == ("dead", ATTEMPTS)
        assert "RuntimeError" in found[0][2]
        assert "0912345678" not in str(logs) + str(found)
        assert Counter(entry["event"] for entry in logs if entry["log_level"] == "error") == {
            "worker.update_failed": ATTEMPTS
        }

    async def test_waits_longer_after_each_failure(
        self, api: BotApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.worker.FIRST_WAIT", timedelta(milliseconds=30))
        at = list[float]()

        async def says(incoming: Incoming) -> list[Reply]:
            at.append(asyncio.get_running_loop().time())
            raise RuntimeError

        app = Parrot(says)
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app)
        waits = [later - earlier for earlier, later in pairwise(at)]
        assert len(waits) == ATTEMPTS - 1
        assert all(wait >= 0.03 * 4**number - 0.005 for number, wait in enumerate(waits))

    async def test_failing_once_is_answered_once(self, api: BotApi, settings: Settings) -> None:
        app = Parrot(failing("a", times=1))
        async with polling(app, settings):
            api.push(said("a"))
            api.push(said("b"))
            await settled(api, app)
        assert texts(api) == ["a", "b"]

    async def test_one_failure_does_no_harm_to_those_beside_it(self, api: BotApi, settings: Settings) -> None:
        app = Parrot(failing(SECRET))
        for person in range(1, 1 + TOGETHER):
            api.push(said(SECRET if person == 3 else "x", person=person))
        async with polling(app, settings):
            await settled(api, app)
        assert [texts(api, person) for person in (1, 2, 4, TOGETHER)] == [["x"]] * 4
        assert texts(api, 3) == [sorry(app)]

    async def test_set_aside_can_be_taken_up_again(self, api: BotApi, settings: Settings) -> None:
        from store import inbox as store

        app = Parrot(failing("a", times=ATTEMPTS))
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app)
            async with app.database.write() as tx:
                assert await store.revive(tx, datetime.now(UTC)) == 1
            await settled(api, app)
        assert texts(api) == [sorry(app), "a"]


class TestTooMany:
    async def test_twenty_a_minute_then_one_notice_and_later_again(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        async with polling(app, settings.model_copy(update={"messages_per_minute": 20})):
            for number in range(30):
                api.push(said(str(number)))
            api.push(said("x", person=6))
            await settled(api, app)
            assert texts(api) == [*map(str, range(20)), notice(app)]
            assert texts(api, 6) == ["x"]
            async with app.database.write() as tx:
                await tx.execute(update(inbox).values(received_at=datetime.now(UTC) - timedelta(seconds=61)))
            for number in range(30, 60):
                api.push(said(str(number)))
            await settled(api, app)
        assert texts(api)[21:] == [*map(str, range(30, 50)), notice(app)]

    async def test_people_of_a_group_are_counted_apart(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        async with polling(app, settings.model_copy(update={"messages_per_minute": 3})):
            for number in range(5):
                api.push(said(f"/start {number}", GROUP, 5))
            api.push(said("/start x", GROUP, 6))
            await settled(api, app)
        assert texts(api, GROUP) == ["/start 0", "/start 1", "/start 2", notice(app), "/start x"]


class TestLeaving:
    @pytest.fixture
    def app(self) -> Parrot:
        return Parrot()

    async def test_blocking_ends_subscriptions_and_drops_what_waits(
        self, api: BotApi, settings: Settings, app: Parrot
    ) -> None:
        api.fault("sendMessage", Fault(429, retry_after=60), chat=5)
        async with polling(app, settings):
            async with app.database.write() as tx:
                for person in ("5", "6"):
                    speaker = Speaker("telegram", person, person)
                    await subscriptions.add(tx, speaker, ["viec-lam"], "", datetime.now(UTC))
            api.push(said("a", person=5))
            api.push(said("b", person=5))
            await until(lambda: bool(api.calls_of("sendMessage")))
            api.push(membership("kicked", 5))
            await settled(api, app)
            async with app.database.read() as tx:
                assert not await subscriptions.of(tx, Speaker("telegram", "5", "5"))
                assert await subscriptions.of(tx, Speaker("telegram", "6", "6"))
            api.push(membership("member", 5))
            api.push(said("c", person=5))
            await settled(api, app)
        assert texts(api, 5) == ["c"]

    async def test_a_refused_send_ends_them_too(self, api: BotApi, settings: Settings, app: Parrot) -> None:
        api.blocked = {5}
        async with polling(app, settings):
            async with app.database.write() as tx:
                await subscriptions.add(tx, Speaker("telegram", "5", "5"), ["viec-lam"], "", datetime.now(UTC))
            api.push(said("a", person=5))
            api.push(said("b", person=5))
            await settled(api, app)
            async with app.database.read() as tx:
                assert not await subscriptions.of(tx, Speaker("telegram", "5", "5"))


class TestGroups:
    async def test_answers_only_when_spoken_to_and_keeps_nothing_else(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        ours = {**message("x", GROUP), "from": {"id": 123456, "is_bot": True, "first_name": "Chung Tay"}}
        theirs = message("y", GROUP, 8)
        async with polling(app, settings):
            for spoken in (
                said("/trogiup", GROUP, message_id=9),
                said("@ChungTayBot một", GROUP, **mention("@ChungTayBot một")),
                said("hai", GROUP, reply_to_message=ours),
            ):
                api.push(spoken)
            for unspoken in (
                said(SECRET, GROUP),
                said(f"/lenhkhac {SECRET}", GROUP),
                said(f"/start@BotKhac {SECRET}", GROUP),
                said(f"@BotKhac {SECRET}", GROUP, **mention(f"@BotKhac {SECRET}", "@BotKhac")),
                said(SECRET, GROUP, reply_to_message=theirs),
                said(caption=SECRET, chat_id=GROUP, **PHOTO),
                edited(SECRET, chat_id=GROUP),
            ):
                api.push(unspoken)
            await settled(api, app)
            assert len(await rows(app, inbox.c.id)) == 3
        assert texts(api, GROUP) == ["/trogiup", "một", "hai"]
        assert api.of("sendMessage")[0].values["reply_parameters"] == {
            "message_id": 9,
            "allow_sending_without_reply": True,
        }


class TestTyping:
    async def test_shown_while_an_answer_takes_long(
        self, api: BotApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.worker.SLOW", 0.05)

        async def says(incoming: Incoming) -> list[Reply]:
            await api.until(1, "sendChatAction")
            return [Reply(incoming.text)]

        app = Parrot(says)
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app)
        assert texts(api) == ["a"]
        assert api.of("sendChatAction")[0].values == {"chat_id": PERSON, "action": "typing"}

    async def test_a_failure_to_show_it_does_no_harm(
        self, api: BotApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.worker.SLOW", 0.05)
        api.fault("sendChatAction", Fault(500))

        async def says(incoming: Incoming) -> list[Reply]:
            await until(lambda: bool(api.calls_of("sendChatAction")))
            return [Reply(incoming.text)]

        app = Parrot(says)
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app)
        assert texts(api) == ["a"]

    async def test_not_shown_where_the_answer_is_quick(self, api: BotApi, settings: Settings) -> None:
        app = Parrot()
        async with polling(app, settings):
            api.push(said("a"))
            await settled(api, app)
        assert not api.calls_of("sendChatAction")
