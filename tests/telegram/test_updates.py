"""What an update says to the bot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram.updates import Me, Target, incoming_of, target_of
from handlers.actions import Ask, pack
from handlers.types import Incoming, IncomingKind
from tests.telegram.bot_api import BOT
from tests.telegram.updates import (
    GROUP,
    PERSON,
    PHOTO,
    STICKER,
    UNREADABLE,
    edited,
    membership,
    mention,
    message,
    pressed,
    said,
    user,
)

ME = Me(BOT["id"], BOT["username"], frozenset({"start", "help", "trogiup"}))
NOW = datetime(2026, 10, 20, tzinfo=UTC)


def heard(update: dict[str, Any]) -> Incoming | None:
    return incoming_of(Update.de_json({"update_id": 1, **update}, None), ME, NOW)


def text_of(update: dict[str, Any]) -> str | None:
    incoming = heard(update)
    return incoming.text if incoming else None


def target(update: dict[str, Any]) -> Target | None:
    return target_of(Update.de_json({"update_id": 1, **update}, None))


def test_text() -> None:
    assert heard(said("vay von")) == Incoming("telegram", str(PERSON), str(PERSON), IncomingKind.TEXT, NOW, "vay von")


def test_edited_text_is_like_new() -> None:
    assert text_of(edited("vay von")) == "vay von"


def test_deep_link() -> None:
    assert text_of(said("/start vay-ho-ngheo")) == "/start vay-ho-ngheo"


def test_command_loses_our_name() -> None:
    assert text_of(said("/trogiup@chungtaybot them")) == "/trogiup them"


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(content: dict[str, Any]) -> None:
    incoming = heard(said(**content))
    assert incoming is not None
    assert incoming.kind is IncomingKind.UNSUPPORTED


def test_edited_picture_is_not_refused_again() -> None:
    assert heard(edited(**PHOTO)) is None


@pytest.mark.parametrize(
    "content",
    [{"new_chat_members": [user(5)]}, {"pinned_message": message("x")}, {"delete_chat_photo": True}, {}],
    ids=["joined", "pinned", "photo deleted", "unknown"],
)
def test_notices_ask_for_nothing(content: dict[str, Any]) -> None:
    assert heard(said(**content)) is None


def test_button() -> None:
    incoming = heard(pressed(pack(Ask("vay-ho-ngheo"))))
    assert incoming is not None
    assert (incoming.kind, incoming.action) == (IncomingKind.ACTION, Ask("vay-ho-ngheo"))


@pytest.mark.parametrize("data", ["", "zzz", "v:x:7", "a:x:no-such-aspect", "\x00"])
def test_unreadable_button_leads_to_the_first_screen(data: str) -> None:
    assert text_of(pressed(data)) == "/start"


def test_button_of_a_game_or_an_inline_message() -> None:
    assert heard(pressed(None, game_short_name="g")) is None
    assert heard(pressed("g:start", message=None, inline_message_id="i")) is None


def test_button_under_a_message_too_old_to_see() -> None:
    old: dict[str, Any] = {"chat": {"id": PERSON, "type": "private"}, "message_id": 3, "date": 0}
    update = pressed("g:start", message=old)
    assert heard(update) is not None
    assert target(update) == Target(PERSON)


@pytest.mark.parametrize("status", ["kicked", "member"])
def test_blocked_and_unblocked(status: str) -> None:
    assert heard(membership(status)) is None
    assert target(membership(status)) is None


def test_other_kinds_of_update() -> None:
    assert heard({}) is None
    assert heard({"channel_post": {**message("x"), "chat": {"id": -5, "type": "channel"}}}) is None


def test_bots_are_not_answered() -> None:
    assert heard(said("x", **{"from": user(5, is_bot=True)})) is None


class TestGroup:
    def test_talk_among_others(self) -> None:
        assert heard(said("chào cả nhà", GROUP)) is None
        assert heard(said(chat_id=GROUP, **STICKER)) is None

    def test_mentioned(self) -> None:
        text = "🌾 @ChungTayBot vay von"
        assert text_of(said(text, GROUP, **mention(text))) == "🌾  vay von"

    def test_mentioned_in_other_letters(self) -> None:
        text = "@chungtaybot vay von"
        assert text_of(said(text, GROUP, **mention(text, "@chungtaybot"))) == "vay von"

    def test_another_is_mentioned(self) -> None:
        text = "@ChungTayBot2 vay von"
        assert heard(said(text, GROUP, **mention(text, "@ChungTayBot2"))) is None

    def test_mentioned_by_name(self) -> None:
        entity = {"type": "text_mention", "offset": 0, "length": 2, "user": BOT}
        assert text_of(said("ê, vay von", GROUP, entities=[entity])) == "ê, vay von"

    def test_mentioned_under_a_picture(self) -> None:
        text = "@ChungTayBot xem"
        incoming = heard(said(chat_id=GROUP, caption=text, caption_entities=mention(text)["entities"], **PHOTO))
        assert incoming is not None
        assert incoming.kind is IncomingKind.UNSUPPORTED

    def test_replied_to(self) -> None:
        ours, other = {**message("x", GROUP), "from": BOT}, message("x", GROUP, 5)
        assert text_of(said("giấy tờ gì", GROUP, reply_to_message=ours)) == "giấy tờ gì"
        assert heard(said("giấy tờ gì", GROUP, reply_to_message=other)) is None

    @pytest.mark.parametrize("text", ["/trogiup", "/trogiup@ChungTayBot", "/start@chungtaybot vay-hssv"])
    def test_commanded(self, text: str) -> None:
        assert heard(said(text, GROUP)) is not None

    @pytest.mark.parametrize("text", ["/ban", "/trogiup@OtherBot", "/trogiups", "xem /trogiup"])
    def test_commands_for_others(self, text: str) -> None:
        assert heard(said(text, GROUP)) is None

    def test_session_belongs_to_chat_and_person(self) -> None:
        first, second = heard(said("/start", GROUP, 5)), heard(pressed("g:start", GROUP, 6))
        assert first is not None
        assert second is not None
        assert (first.chat, first.person, second.chat, second.person) == (str(GROUP), "5", str(GROUP), "6")

    def test_speaking_as_the_group(self) -> None:
        anonymous: dict[str, Any] = {"from": user(1087968824, is_bot=True)}
        anonymous["sender_chat"] = {"id": GROUP, "type": "supergroup"}
        incoming = heard(said("/start", GROUP, **anonymous))
        assert incoming is not None
        assert incoming.person == str(GROUP)

    def test_forwarded_from_the_channel(self) -> None:
        post: dict[str, Any] = {"sender_chat": {"id": -7, "type": "channel"}, "is_automatic_forward": True}
        assert heard(said("/start", GROUP, **post)) is None


def test_target_in_private() -> None:
    assert target(said("x")) == Target(PERSON)


def test_target_in_a_topic_of_a_group() -> None:
    update = said("x", GROUP, message_id=9, message_thread_id=4, is_topic_message=True)
    assert target(update) == Target(GROUP, thread=4, answers=9)


def test_target_of_a_reply_in_a_group_without_topics() -> None:
    assert target(said("x", GROUP, message_id=9, message_thread_id=4)) == Target(GROUP, answers=9)
