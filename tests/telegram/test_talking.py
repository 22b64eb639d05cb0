"""The real bot, its real knowledge and a real database, spoken to through Telegram."""

from __future__ import annotations

from typing import Any

import pytest

from bot.app import App
from bot.channels.telegram.messages import messages_of
from bot.settings import Settings
from handlers.actions import LIMIT, Ask, pack, unpack
from handlers.answering import answer
from handlers.context import Context
from handlers.screens import greeting
from tests.telegram.bot_api import BotApi, Call
from tests.telegram.conftest import polling, settled
from tests.telegram.markup import read, units
from tests.telegram.test_updates import NOW
from tests.telegram.updates import GROUP, UNREADABLE, edited, pressed, said


def shown(call: Call) -> str:
    return read(call.values["text"])


async def tell(api: BotApi, app: App, *updates: dict[str, Any]) -> list[Call]:
    """What is answered to these updates, one after another."""
    before = len(api.of("sendMessage"))
    for update in updates:
        api.push(update)
        await settled(api, app)
    return api.of("sendMessage")[before:]


async def test_first_screen_has_the_topics(api: BotApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        (call,) = await tell(api, app, said("/start"))
    labels = [label for row in call.buttons for label, _ in row]
    assert "Chung Tay" in shown(call)
    assert labels[1:] == [topic.label for topic in app.context.knowledge.topics.values()]


async def test_question_then_button(api: BotApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        first, *_ = await tell(api, app, said("nha toi ho ngheo muon vay von nuoi bo thi duoc bao nhieu, lai the nao"))
        data = next(data for row in first.buttons for _, data in row if data.startswith("a:"))
        second, *_ = await tell(api, app, pressed(data))
    assert "100 triệu" in shown(first)
    assert "6,24" in shown(first)
    assert shown(second) != shown(first)


async def test_deep_link_opens_the_entry(api: BotApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        linked, pushed = await tell(api, app, said("/start vay-ho-ngheo"), pressed(pack(Ask("vay-ho-ngheo"))))
    assert shown(linked) == shown(pushed)


async def test_old_button_works_after_a_restart(api: BotApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        (first,) = await tell(api, app, said("/start"))
    async with polling(app, settings):
        (second,) = await tell(api, app, pressed(first.buttons[1][0][1]))
    assert first.buttons[1][0][0] in shown(second)


async def test_conversation_goes_on_after_a_restart(api: BotApi, app: App, settings: Settings) -> None:
    """A typed number picks a choice of the message before the restart."""
    async with polling(app, settings):
        (first,) = await tell(api, app, said("/start"))
    async with polling(app, settings):
        (second,) = await tell(api, app, said("2"))
    assert first.buttons[1][0][0] in shown(second)


async def test_edited_question_is_answered_anew(api: BotApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        _, second = await tell(api, app, said("giá vàng hôm nay"), edited("học nghề có được hỗ trợ không"))
    assert "nghề" in shown(second)


async def test_group_keeps_people_apart(api: BotApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        first, second = await tell(
            api, app, said("/start@ChungTayBot vay-ho-ngheo", GROUP, 5), said("/start@ChungTayBot bhyt", GROUP, 6)
        )
        (third,) = await tell(api, app, pressed(first.buttons[0][0][1], GROUP, 5))
    assert len({shown(first), shown(second), shown(third)}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4096,
        "🌾" * 2000,
        "😀",
        "\u200b\u200d\u2060",
        "<b>đậm</i> <script>alert(1)</script> &lt;",
        "'; DROP TABLE sessions; --",
        "{{ 7 * 7 }} {% for x in range(9) %}",
        "/khong-co-lenh-nay",
        "/start ../../etc/passwd",
        "\u202evay von\x00\x07",
        "1",
        "99999999999999999999",
    ],
)
async def test_hostile_text_gets_a_polite_answer(api: BotApi, app: App, settings: Settings, text: str) -> None:
    async with polling(app, settings):
        calls = await tell(api, app, said(text))
    assert calls
    assert "trục trặc" not in shown(calls[0])
    assert "49" not in shown(calls[0])


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
async def test_unreadable_kinds(api: BotApi, app: App, settings: Settings, content: dict[str, Any]) -> None:
    async with polling(app, settings):
        (call,) = await tell(api, app, said(**content))
    assert "chữ" in shown(call)


def test_every_answer_is_fit_to_send(context: Context) -> None:
    """Every entry and aspect: well-formed, short enough, with buttons that lead somewhere."""
    for entry in context.knowledge.entries.values():
        for aspect in (None, *entry.aspects):
            reply = answer(context, entry, aspect, NOW.date())
            (message,) = messages_of(reply)
            assert 0 < units(read(message.text)) <= 4096
            for button in (button for row in message.rows for button in row):
                assert len(button.data.encode()) <= LIMIT
                assert unpack(button.data) in {choice.action for choice in reply.choices}
    assert messages_of(greeting(context))


def test_every_entry_can_be_linked_to(context: Context) -> None:
    """A deep link's payload has at most 64 letters, digits, ``_`` and ``-``."""
    for entry in context.knowledge.entries:
        assert len(entry) <= 64
        assert entry.replace("-", "").replace("_", "").isalnum()
        assert entry.isascii()
