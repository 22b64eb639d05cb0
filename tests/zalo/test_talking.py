"""The real bot, its real knowledge and a real database, spoken to through Zalo."""

from __future__ import annotations

import re

import pytest

from bot.app import App
from bot.settings import Settings
from tests.telegram.conftest import polling
from tests.zalo.zalo_api import ZaloApi, event, said

#: A line that a number picks.
_NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)


async def tell(api: ZaloApi, *texts: str, person: str = "p1") -> list[str]:
    """What is answered to these texts of a person, one after another."""
    before, sent = len(api.texts(person)), len(api.of("sendMessage"))
    for index, text in enumerate(texts, 1):
        await api.push(said(text, person))
        await api.until(sent + index)
    return api.texts(person)[before:]


async def test_first_screen_has_the_topics_by_number(api: ZaloApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        first, second = await tell(api, "/start", "2")
    labels = dict(_NUMBERED.findall(first))
    assert list(labels.values())[1:] == [topic.label for topic in app.context.knowledge.topics.values()]
    assert labels["2"] in second


async def test_the_numbers_still_pick_after_a_restart(api: ZaloApi, app: App, settings: Settings) -> None:
    async with polling(app, settings):
        (first,) = await tell(api, "vay von ho ngheo")
    label = dict(_NUMBERED.findall(first))["1"]
    async with polling(app, settings):
        (by_number,) = await tell(api, "1")
        _, by_label = await tell(api, "vay von ho ngheo", label, person="p2")
    assert by_number == by_label != first


async def test_withheld_texts_are_told_of_another_way(api: ZaloApi, app: App, settings: Settings) -> None:
    """Somebody whose texts Zalo does not hand over is not asked to type, nor given numbers to type."""
    async with polling(app, settings):
        await api.push(event("unsupported"))
        await api.until(1)
    (text,) = api.texts()
    assert "UBND xã" in text
    assert not _NUMBERED.findall(text)


@pytest.mark.parametrize("kind", ["image", "sticker", "voice"])
async def test_what_cannot_be_read_is_answered(api: ZaloApi, app: App, settings: Settings, kind: str) -> None:
    async with polling(app, settings):
        await api.push(event(kind, photo="https://x.example/a.jpg"))
        await api.until(1)
    assert "gõ câu hỏi bằng chữ" in api.texts()[0]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "🌾" * 2000,
        "\u200b\u200d\u2060",
        "\ud800",
        "<b>đậm</i> <script>alert(1)</script> &lt;",
        "'; DROP TABLE sessions; --",
        "{{ 7 * 7 }} {% for x in range(9) %}",
        "/khong-co-lenh-nay",
        "\u202evay von\x00\x07",
        "99999999999999999999",
    ],
)
async def test_hostile_text_gets_a_polite_answer(api: ZaloApi, app: App, settings: Settings, text: str) -> None:
    async with polling(app, settings):
        first, *_ = await tell(api, text)
    assert "trục trặc" not in first
    assert "49" not in first
